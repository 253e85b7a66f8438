// The state of a player in words.
import type { PlayerStateJson } from '../api/gen/syncwatch/sync/v1/presence_pb';
import type { ConnectionStatus } from './connection';
import { modeOf, type Person, plays } from './people';

export interface Status {
  label: string;
  tone: 'good' | 'warn' | 'bad' | 'plain';
}

const STATUS: Record<PlayerStateJson, Status> = {
  PLAYER_STATE_UNSPECIFIED: { label: 'Joining', tone: 'plain' },
  PLAYER_STATE_LOADING: { label: 'Loading', tone: 'warn' },
  PLAYER_STATE_READY: { label: 'Ready', tone: 'good' },
  PLAYER_STATE_IN_SYNC: { label: 'In sync', tone: 'good' },
  PLAYER_STATE_ADJUSTING: { label: 'Catching up', tone: 'warn' },
  PLAYER_STATE_STALLED: { label: 'Buffering', tone: 'warn' },
  PLAYER_STATE_BLOCKED: { label: 'Needs a tap to play', tone: 'warn' },
  PLAYER_STATE_FAILED: { label: 'Can’t play this', tone: 'bad' },
  PLAYER_STATE_ENDED: { label: 'At the end', tone: 'good' },
};

export function memberStatus(state: PlayerStateJson | undefined): Status {
  return STATUS[state ?? 'PLAYER_STATE_UNSPECIFIED'];
}

/** Case R6: without a connection the room's position is unknown, and so is the skew. */
export const RECONNECTING: Status = { label: 'Reconnecting…', tone: 'plain' };

interface Own {
  connection: ConnectionStatus;
  state: PlayerStateJson | undefined;
}

/** The status of this page's own player, from its engine: newer than the reported one. */
export function ownStatus({ connection, state }: Own): Status {
  return connection === 'offline' ? RECONNECTING : memberStatus(state);
}

/** The status of a person's player; of several, the one that joined last. */
export function personStatus(person: Pick<Person, 'devices'>, own: Own & { sessionId: string }): Status {
  const player = person.devices.findLast(plays);
  if (player) return player.id === own.sessionId ? ownStatus(own) : memberStatus(player.status?.state);
  const remote = person.devices.some((device) => modeOf(device) === 'SESSION_MODE_REMOTE_ONLY');
  return { label: remote ? 'Remote control' : 'Chat only', tone: 'plain' };
}
