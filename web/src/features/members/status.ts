import type { PlayerStateJson } from '../../api/gen/syncwatch/sync/v1/types_pb';
import type { Tone } from '../../ui/Chip';
import { modeOf, plays, type Person } from './people';

export interface Status {
  label: string;
  tone: Tone;
}

const STATUS: Record<PlayerStateJson, Status> = {
  PLAYER_STATE_UNSPECIFIED: { label: 'Coming in', tone: 'plain' },
  PLAYER_STATE_LOADING: { label: 'Loading', tone: 'warn' },
  PLAYER_STATE_READY: { label: 'Ready', tone: 'good' },
  PLAYER_STATE_IN_SYNC: { label: 'In sync', tone: 'good' },
  PLAYER_STATE_ADJUSTING: { label: 'Catching up', tone: 'warn' },
  PLAYER_STATE_STALLED: { label: 'Loading', tone: 'warn' },
  PLAYER_STATE_BLOCKED: { label: 'Waiting for a tap', tone: 'warn' },
  PLAYER_STATE_FAILED: { label: 'Cannot play this', tone: 'bad' },
};

export function memberStatus(state: PlayerStateJson | undefined): Status {
  return STATUS[state ?? 'PLAYER_STATE_UNSPECIFIED'];
}

/** How the device that plays is doing; of several, the one that came last. `own` is known here sooner than reported. */
export function personStatus(person: Person, own: { sessionId: string; state: PlayerStateJson | undefined }): Status {
  const player = person.devices.findLast(plays);
  if (player) return memberStatus(player.id === own.sessionId ? own.state : player.status?.state);
  const remote = person.devices.some((device) => modeOf(device) === 'SESSION_MODE_REMOTE_ONLY');
  return { label: remote ? 'Remote control' : 'Only chats', tone: 'plain' };
}
