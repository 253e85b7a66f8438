// A room that is being made, as a form, and as the request for it. What is left as it is has the installation's default.
import type { CreateRoomRequestJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import type { CategoryJson } from '../../api/gen/syncwatch/room/v1/settings_pb';

export type Finds = 'link' | 'everyone';
export type StartsWhen = 'all' | 'most' | 'none';
export type WhenAway = 'longest' | 'wait';

export interface Draft {
  name: string;
  description: string;
  category: CategoryJson;
  /** As they are typed, with commas between them. */
  labels: string;
  finds: Finds;
  guests: boolean;
  maxParticipants: number;
  startsWhen: StartsWhen;
  waitSeconds: number;
  whenAway: WhenAway;
  stopAtEnd: boolean;
  /** As `datetime-local` gives it; empty: no time. */
  startsAt: string;
  endsAt: string;
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
  maxParticipants: 50,
  startsWhen: 'all',
  waitSeconds: 5,
  whenAway: 'longest',
  stopAtEnd: false,
  startsAt: '',
  endsAt: '',
  idleHours: 0,
};

export const MIN_PEOPLE = 2;
export const MAX_PEOPLE = 10_000;
const MAX_LABELS = 10;
const MAX_LABEL = 30;

const VISIBILITIES = { link: 'VISIBILITY_UNLISTED', everyone: 'VISIBILITY_PUBLIC' } as const;
const WAITS = { all: 'WAIT_MODE_ALL', most: 'WAIT_MODE_QUORUM', none: 'WAIT_MODE_NONE' } as const;
const HAND_OVERS = { longest: 'HAND_OVER_JOIN_ORDER', wait: 'HAND_OVER_WAIT' } as const;

/** The words between commas, each once, in lower case. */
export function labelsOf(text: string): string[] {
  const words = text
    .split(',')
    .map((word) => word.trim().replace(/^#/, '').toLowerCase())
    .filter(Boolean);
  return [...new Set(words)];
}

/** What is wrong, by field. Empty: nothing, as far as this page can tell. */
export function faultsOf(draft: Draft, nowMs: number): Partial<Record<keyof Draft, string>> {
  const faults: Partial<Record<keyof Draft, string>> = {};
  const labels = labelsOf(draft.labels);
  if (labels.length > MAX_LABELS) faults.labels = `Use at most ${MAX_LABELS} labels.`;
  else if (labels.some((label) => Array.from(label).length > MAX_LABEL))
    faults.labels = `A label has at most ${MAX_LABEL} characters.`;
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

export function requestFrom(draft: Draft): Omit<CreateRoomRequestJson, 'requestId'> {
  const request: Omit<CreateRoomRequestJson, 'requestId'> = {
    name: draft.name.trim(),
    description: draft.description.trim(),
    category: draft.category,
    labels: labelsOf(draft.labels),
    visibility: VISIBILITIES[draft.finds],
    guestsForbidden: !draft.guests,
    maxParticipants: draft.maxParticipants,
    idleHours: draft.idleHours,
    policy: {
      wait: WAITS[draft.startsWhen],
      waitLimitMs: draft.waitSeconds * 1_000,
      handOver: HAND_OVERS[draft.whenAway],
      stopAtEnd: draft.stopAtEnd,
    },
  };
  const startsMs = msOf(draft.startsAt);
  const endsMs = msOf(draft.endsAt);
  if (startsMs !== null) request.startsAt = new Date(startsMs).toISOString();
  if (endsMs !== null) request.endsAt = new Date(endsMs).toISOString();
  return request;
}

/** A local time in ms; null: none, or none that can be. */
function msOf(local: string): number | null {
  const ms = local ? new Date(local).getTime() : Number.NaN;
  return Number.isFinite(ms) ? ms : null;
}
