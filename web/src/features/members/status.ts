import type { PlayerStateJson } from '../../api/gen/syncwatch/sync/v1/types_pb';
import type { Tone } from '../../ui/Chip';

const STATUS: Record<PlayerStateJson, { label: string; tone: Tone }> = {
  PLAYER_STATE_UNSPECIFIED: { label: 'Coming in', tone: 'plain' },
  PLAYER_STATE_LOADING: { label: 'Loading', tone: 'warn' },
  PLAYER_STATE_READY: { label: 'Ready', tone: 'good' },
  PLAYER_STATE_IN_SYNC: { label: 'In sync', tone: 'good' },
  PLAYER_STATE_ADJUSTING: { label: 'Catching up', tone: 'warn' },
  PLAYER_STATE_STALLED: { label: 'Loading', tone: 'warn' },
  PLAYER_STATE_BLOCKED: { label: 'Waiting for a tap', tone: 'warn' },
  PLAYER_STATE_FAILED: { label: 'Cannot play this', tone: 'bad' },
};

export function memberStatus(state: PlayerStateJson | undefined): { label: string; tone: Tone } {
  return STATUS[state ?? 'PLAYER_STATE_UNSPECIFIED'];
}
