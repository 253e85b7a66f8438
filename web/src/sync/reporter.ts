// Tells the room how the player is doing: at once when its state changes, and every 5 s while its figures do.
import type { PlayerStateJson, PlayerStatusJson } from '../api/gen/syncwatch/sync/v1/types_pb';

export type PlayerStatus = Required<Pick<PlayerStatusJson, 'itemId'>> & {
  state: PlayerStateJson;
  driftMs: number;
  errorMs: number;
  bufferMs: number;
  delayMs: number;
};

const PERIOD_MS = 5_000;
/** While a start is held for us, say again that we are ready: the first word may have crossed with the hold. */
const REPEAT_READY_MS = 1_000;
const MIN_GAP_MS = 250;
const LIMIT_MS = 86_400_000;

export class Reporter {
  private last: PlayerStatus | null = null;
  private lastKey = '';
  private lastMs = -Infinity;

  constructor(private readonly send: (status: PlayerStatus) => void) {}

  /** `key` names the hold or start that the status answers; a new one is news even in the same state. */
  offer(status: PlayerStatus, key: string, awaited: boolean, nowMs: number): void {
    const { last } = this;
    const news = !last || last.state !== status.state || last.itemId !== status.itemId || key !== this.lastKey;
    const since = nowMs - this.lastMs;
    const urgent = news && (since >= MIN_GAP_MS || status.state === 'PLAYER_STATE_READY');
    const repeat = awaited && status.state === 'PLAYER_STATE_READY' && since >= REPEAT_READY_MS;
    const periodic = since >= PERIOD_MS && last !== null && differs(status, last);
    if (!urgent && !repeat && !periodic) return;
    this.last = status;
    this.lastKey = key;
    this.lastMs = nowMs;
    this.send({
      ...status,
      driftMs: round(Math.max(-LIMIT_MS, Math.min(LIMIT_MS, status.driftMs))),
      errorMs: round(Math.min(LIMIT_MS, status.errorMs)),
      bufferMs: round(Math.min(LIMIT_MS, status.bufferMs)),
      delayMs: round(Math.min(60_000, status.delayMs)),
    });
  }

  /** A new connection has not heard anything yet. */
  restart(): void {
    this.last = null;
    this.lastMs = -Infinity;
  }
}

function differs(a: PlayerStatus, b: PlayerStatus): boolean {
  return Math.abs(a.driftMs - b.driftMs) > 2 || Math.abs(a.delayMs - b.delayMs) > 5 || Math.abs(a.bufferMs - b.bufferMs) > 1_000;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
