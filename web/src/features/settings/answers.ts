// The settings of a room as answers to questions. A zero in the contract means the default, which is filled in here.
import type { PlaybackPolicyJson, RoomSettingsJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import type { Option } from '../../ui/Choice';

/** Who can join. A password and a yes can be asked for together; the password is the answer then. */
export type WhoJoins = 'link' | 'approval' | 'password';

type JoinFacts = Pick<RoomSettingsJson, 'join'>;

export function whoJoins({ join }: JoinFacts): WhoJoins {
  if (join?.passwordSet) return 'password';
  return join?.approval ? 'approval' : 'link';
}

/** The answers that a room offers. A private room is joined by invite, so a password would open nothing. */
export function joinOptions(room: RoomSettingsJson, stored: WhoJoins): readonly Option<WhoJoins>[] {
  const isPrivate = room.visibility === 'VISIBILITY_PRIVATE';
  const who = `${room.guestsForbidden ? 'With an account' : 'Guests too'}, up to ${room.maxParticipants ?? 0} people`;
  const options: Option<WhoJoins>[] = isPrivate
    ? [
        { value: 'link', label: 'Only who is invited', hint: who },
        { value: 'approval', label: 'Others can ask to come in', hint: 'They see its name. Moderators decide' },
      ]
    : [
        { value: 'link', label: 'Anyone with the link', hint: who },
        { value: 'approval', label: 'After a yes from us', hint: 'Moderators see a request and decide' },
      ];
  if (!isPrivate || stored === 'password')
    options.push({ value: 'password', label: 'With a password', hint: 'Share it apart from the link' });
  return options;
}

export type WaitFor = 'all' | 'part' | 'none';
export type WhenAway = 'order' | 'moderators' | 'named' | 'wait';

export const MIN_LIMIT_SECONDS = 1;
export const MAX_LIMIT_SECONDS = 60;
const DEFAULT_LIMIT_MS = 5_000;
const DEFAULT_PERCENT = 50;

const WAIT_MODES = { all: 'WAIT_MODE_ALL', part: 'WAIT_MODE_QUORUM', none: 'WAIT_MODE_NONE' } as const;
const HAND_OVERS = {
  order: 'HAND_OVER_JOIN_ORDER',
  moderators: 'HAND_OVER_MODERATORS',
  named: 'HAND_OVER_DELEGATE',
  wait: 'HAND_OVER_WAIT',
} as const;

export function waitFor(policy: PlaybackPolicyJson | undefined): WaitFor {
  if (policy?.wait === 'WAIT_MODE_NONE') return 'none';
  return policy?.wait === 'WAIT_MODE_QUORUM' ? 'part' : 'all';
}

export function waitMode(answer: WaitFor) {
  return WAIT_MODES[answer];
}

export function limitSeconds(policy: PlaybackPolicyJson | undefined): number {
  const seconds = Math.round((policy?.waitLimitMs || DEFAULT_LIMIT_MS) / 1000);
  return Math.max(MIN_LIMIT_SECONDS, Math.min(MAX_LIMIT_SECONDS, seconds));
}

export function quorumPercent(policy: PlaybackPolicyJson | undefined): number {
  return policy?.quorumPercent || DEFAULT_PERCENT;
}

export function whenAway(policy: PlaybackPolicyJson | undefined): WhenAway {
  switch (policy?.handOver) {
    case 'HAND_OVER_WAIT':
      return 'wait';
    case 'HAND_OVER_MODERATORS':
      return 'moderators';
    case 'HAND_OVER_DELEGATE':
      return 'named';
    default:
      return 'order';
  }
}

export function handOver(answer: WhenAway) {
  return HAND_OVERS[answer];
}

/** An instant for `<input type="datetime-local">`, in the time zone of this device; empty for none. */
export function localInput(timestamp: string | undefined): string {
  const ms = Date.parse(timestamp ?? '');
  if (!Number.isFinite(ms)) return '';
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The other way round; null for none. */
export function fromLocalInput(text: string): string | null {
  const ms = text ? new Date(text).getTime() : Number.NaN;
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
