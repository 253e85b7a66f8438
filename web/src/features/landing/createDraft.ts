// A room that is being made, as a form, and as the request for it.
import type { CreateRoomRequestJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import type { CategoryJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { labelsFault, labelsFrom } from '../../room/labels';
import { type QueueChoice, queueMode } from '../../room/queueModes';
import { type Finds, visibilityOf } from '../../room/visibility';

export type Controls = 'everyone' | 'selected' | 'owner';
export type StartsWhen = 'all' | 'most' | 'none';
export type WhenAway = 'longest' | 'moderators' | 'wait';

export interface Draft {
  name: string;
  description: string;
  category: CategoryJson;
  /** As they are typed, with commas between them. */
  labels: string;
  finds: Finds;
  guests: boolean;
  approval: boolean;
  /** Empty: none. */
  password: string;
  maxParticipants: number;
  controls: Controls;
  whenAway: WhenAway;
  startsWhen: StartsWhen;
  waitSeconds: number;
  queue: QueueChoice;
  stopAtEnd: boolean;
  skipVotes: boolean;
  chat: boolean;
  slowModeSeconds: number;
  chatLinks: boolean;
  voice: boolean;
  /** As `datetime-local` gives it; empty: no time. */
  startsAt: string;
  endsAt: string;
  /** The room starts by itself at `startsAt`. Without a time it means nothing. */
  autoStart: boolean;
  /** 0: the default of the installation. */
  idleHours: number;
}

export const NEW_DRAFT: Draft = {
  name: '',
  description: '',
  category: 'CATEGORY_UNSPECIFIED',
  labels: '',
  finds: 'link',
  guests: true,
  approval: false,
  password: '',
  maxParticipants: 50,
  controls: 'everyone',
  whenAway: 'longest',
  startsWhen: 'all',
  waitSeconds: 5,
  queue: 'order',
  stopAtEnd: false,
  skipVotes: true,
  chat: true,
  slowModeSeconds: 0,
  chatLinks: true,
  voice: true,
  startsAt: '',
  endsAt: '',
  autoStart: false,
  idleHours: 0,
};

export const MIN_PEOPLE = 2;
export const MAX_PEOPLE = 10_000;

const CONTROLS = {
  everyone: 'PLAYBACK_CONTROL_EVERYONE',
  selected: 'PLAYBACK_CONTROL_SELECTED',
  owner: 'PLAYBACK_CONTROL_OWNER_ONLY',
} as const;
const WAITS = { all: 'WAIT_MODE_ALL', most: 'WAIT_MODE_QUORUM', none: 'WAIT_MODE_NONE' } as const;
const HAND_OVERS = {
  longest: 'HAND_OVER_JOIN_ORDER',
  moderators: 'HAND_OVER_MODERATORS',
  wait: 'HAND_OVER_WAIT',
} as const;

/** What is wrong, by field. Empty: nothing, as far as this page can tell. */
export function faultsOf(draft: Draft, nowMs: number): Partial<Record<keyof Draft, string>> {
  const faults: Partial<Record<keyof Draft, string>> = {};
  const labels = labelsFault(labelsFrom(draft.labels));
  if (labels) faults.labels = labels;
  if (!(draft.maxParticipants >= MIN_PEOPLE && draft.maxParticipants <= MAX_PEOPLE))
    faults.maxParticipants = `Choose a number from ${MIN_PEOPLE} to ${MAX_PEOPLE.toLocaleString('en')}.`;
  const startsMs = msOf(draft.startsAt);
  const endsMs = msOf(draft.endsAt);
  if (startsMs !== null && startsMs <= nowMs) faults.startsAt = 'This time is over. Choose a later one.';
  if (endsMs !== null && endsMs <= (startsMs ?? nowMs))
    faults.endsAt =
      startsMs === null ? 'This time is over. Choose a later one.' : 'The end has to come after the start.';
  return faults;
}

/** Without the password, which never leaves this page as it is. */
export function requestFrom(draft: Draft): Omit<CreateRoomRequestJson, 'requestId'> {
  const request: Omit<CreateRoomRequestJson, 'requestId'> = {
    name: draft.name.trim(),
    description: draft.description.trim(),
    category: draft.category,
    labels: labelsFrom(draft.labels),
    visibility: visibilityOf(draft.finds),
    guestsForbidden: !draft.guests,
    join: { approval: draft.approval },
    maxParticipants: Math.round(draft.maxParticipants),
    playbackControl: CONTROLS[draft.controls],
    policy: {
      wait: WAITS[draft.startsWhen],
      waitLimitMs: draft.waitSeconds * 1_000,
      handOver: HAND_OVERS[draft.whenAway],
      stopAtEnd: draft.stopAtEnd,
    },
    queue: { mode: queueMode(draft.queue), skipDisabled: !draft.skipVotes },
    chat: { disabled: !draft.chat, slowModeSeconds: draft.slowModeSeconds, linksForbidden: !draft.chatLinks },
    voice: { disabled: !draft.voice },
    idleHours: draft.idleHours,
  };
  const startsMs = msOf(draft.startsAt);
  const endsMs = msOf(draft.endsAt);
  if (startsMs !== null) {
    request.startsAt = new Date(startsMs).toISOString();
    request.autoStart = draft.autoStart;
  }
  if (endsMs !== null) request.endsAt = new Date(endsMs).toISOString();
  return request;
}

/** The password to set; empty: none. A room that is joined by invite asks for none, so what was typed before is dropped. */
export function passwordFrom(draft: Draft): string {
  return draft.finds === 'invited' ? '' : draft.password;
}

/** A local time in ms; null: none, or none that can be. */
function msOf(local: string): number | null {
  const ms = local ? new Date(local).getTime() : Number.NaN;
  return Number.isFinite(ms) ? ms : null;
}
