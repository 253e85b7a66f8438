// The state of the player as the page shows it and as the room gets it.
import type { PlayerStateJson } from '../api/gen/syncwatch/sync/v1/presence_pb';
import { type Motion, usFromMs } from './motion';
import type { PlayerSnapshot } from './player';
import type { SyncClass } from './profile';
import type { PlayerStatus } from './reporter';

export interface EngineView {
  state: PlayerStateJson;
  /** Null while nothing moves. */
  driftMs: number | null;
  errorMs: number;
  clockErrorMs: number | null;
  rttMs: number | null;
  bufferedMs: number;
  durationMs: number | null;
  rate: number;
  correcting: boolean;
  failure: string | null;
  /** Plays muted until there is a tap. */
  silenced: boolean;
  /** The class that this player keeps over this path. */
  syncClass: SyncClass;
  /** Since the player was opened: corrections (seeks included), seeks, and stalls. */
  corrections: number;
  seeks: number;
  stalls: number;
}

export interface Facts {
  state: PlayerStateJson;
  drift: { driftMs: number; errorMs: number; correcting: boolean } | null;
  clockErrorMs: number | null;
  rttMs: number | null;
  seen: PlayerSnapshot;
  failure: string | null;
  syncClass: SyncClass;
  mover: { rate: number; corrections: number; seeks: number };
  stalls: number;
}

export function viewOf({
  state,
  drift,
  clockErrorMs,
  rttMs,
  seen,
  failure,
  syncClass,
  mover,
  stalls,
}: Facts): EngineView {
  return {
    state,
    driftMs: drift?.driftMs ?? null,
    errorMs: (drift?.errorMs ?? 0) + (clockErrorMs ?? 0),
    clockErrorMs,
    rttMs,
    bufferedMs: seen.bufferedAheadMs,
    durationMs: seen.durationMs,
    rate: mover.rate,
    correcting: drift?.correcting ?? false,
    failure,
    silenced: seen.silenced ?? false,
    syncClass,
    corrections: mover.corrections,
    seeks: mover.seeks,
    stalls,
  };
}

export interface Besides {
  delayMs: number;
  preparedItemId: string;
  /** When this motion was applied, by the cluster clock. */
  appliedMs: number;
}

export function statusOf(
  view: EngineView,
  motion: Motion,
  { delayMs, preparedItemId, appliedMs }: Besides,
): PlayerStatus {
  return {
    state: view.state,
    itemId: motion.itemId,
    driftMs: view.driftMs ?? 0,
    errorMs: view.errorMs,
    bufferMs: view.bufferedMs,
    delayMs,
    clockErrorMs: view.clockErrorMs ?? 0,
    syncClass: `SYNC_CLASS_${view.syncClass}`,
    stalls: view.stalls,
    corrections: view.corrections,
    preparedItemId,
    appliedSeq: String(motion.seq),
    appliedUs: usFromMs(appliedMs),
  };
}
