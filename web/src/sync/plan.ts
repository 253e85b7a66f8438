// The plan of the engine, and its name in a report.
import type { PlayerStateJson } from '../api/gen/syncwatch/sync/v1/presence_pb';
import type { Motion } from './motion';
import type { PlayerSnapshot } from './player';

export type Plan =
  | { kind: 'idle' }
  | { kind: 'rest'; atMs: number; placed: boolean }
  | { kind: 'start'; atMs: number; whenServerMs: number; placed: boolean; armed: boolean; attempt: number }
  | { kind: 'glide'; attempt: number }
  | { kind: 'move' };

export interface Situation {
  motion: Motion;
  plan: Plan;
  failed: boolean;
  blocked: boolean;
  stalled: boolean;
  driftMs: number | null;
}

const IN_SYNC_MS = 40;
const END_TOLERANCE_MS = 60;

/** `inSyncMs`: the precision of this kind of player, where that is worse than 40 ms. */
export function playerState(
  { motion, plan, failed, blocked, stalled, driftMs }: Situation,
  seen: PlayerSnapshot,
  inSyncMs: number,
): PlayerStateJson {
  // Without an item the player counts as ready. The first start then waits for it as for any other player.
  if (!motion.itemId) return 'PLAYER_STATE_READY';
  if (failed) return 'PLAYER_STATE_FAILED';
  if (blocked) return 'PLAYER_STATE_BLOCKED';
  if (plan.kind === 'move') {
    if (stalled) return 'PLAYER_STATE_STALLED';
    return driftMs !== null && Math.abs(driftMs) <= Math.max(IN_SYNC_MS, inSyncMs)
      ? 'PLAYER_STATE_IN_SYNC'
      : 'PLAYER_STATE_ADJUSTING';
  }
  const atEnd = seen.durationMs !== null && !seen.seeking && seen.currentMs >= seen.durationMs - END_TOLERANCE_MS;
  // The room goes on, and the film does not: this player has reached its end.
  if (plan.kind === 'rest' && motion.playing && !motion.hold) return 'PLAYER_STATE_ENDED';
  const placed = (plan.kind === 'rest' || plan.kind === 'start') && plan.placed && (seen.ready || atEnd);
  if (!placed) return 'PLAYER_STATE_LOADING';
  return plan.kind === 'rest' && !motion.hold ? 'PLAYER_STATE_IN_SYNC' : 'PLAYER_STATE_READY';
}
