// Who finds a room, as people say it.
import type { RoomSettingsJson, VisibilityJson } from '../api/gen/syncwatch/room/v1/settings_pb';

export type Finds = 'everyone' | 'link' | 'invited';

export const FINDS: readonly { value: Finds; label: string; hint: string }[] = [
  { value: 'link', label: 'Anyone with the link', hint: 'The room is in no list' },
  { value: 'everyone', label: 'Everyone', hint: 'It is listed on the front page' },
  { value: 'invited', label: 'Only who is invited', hint: 'For everyone else the room does not exist' },
];

const VISIBILITIES = {
  link: 'VISIBILITY_UNLISTED',
  everyone: 'VISIBILITY_PUBLIC',
  invited: 'VISIBILITY_PRIVATE',
} as const satisfies Record<Finds, VisibilityJson>;

export function visibilityOf(finds: Finds): VisibilityJson {
  return VISIBILITIES[finds];
}

export function whoFinds(visibility: VisibilityJson | undefined): Finds {
  if (visibility === 'VISIBILITY_PRIVATE') return 'invited';
  return visibility === 'VISIBILITY_PUBLIC' ? 'everyone' : 'link';
}

/** Whether the room's own link opens something for people who are not in it. Otherwise they need an invite. */
export function linkOpens({ visibility, join }: Pick<RoomSettingsJson, 'visibility' | 'join'>): boolean {
  return visibility !== 'VISIBILITY_PRIVATE' || join?.approval === true;
}
