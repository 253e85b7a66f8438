// Reports the player's state to the room: at once when it changes, and with each heartbeat while there is an item.
import type { PlayerStateJson, PlayerStatusJson, SyncClassJson } from '../api/gen/syncwatch/sync/v1/presence_pb';

/** `syncwatch.sync.v1.PlayerStatus` with numbers; absent fields are not known. */
export interface PlayerStatus {
  state: PlayerStateJson;
  itemId: string;
  driftMs: number;
  errorMs: number;
  bufferMs: number;
  delayMs: number;
  clockErrorMs?: number;
  syncClass?: SyncClassJson;
  stalls?: number;
  corrections?: number;
  preparedItemId?: string;
  /** A decimal number, as ProtoJSON writes 64 bits. */
  appliedSeq?: string;
  appliedUs?: string;
}

/** Until the server has said another one. */
const USUAL_HEARTBEAT_MS = 5_000;
/** While a start waits for this player, READY is repeated: the first report may have crossed with the hold. */
const REPEAT_READY_MS = 1_000;
const MIN_GAP_MS = 250;
const LIMIT_MS = 86_400_000;
const MAX_DELAY_MS = 60_000;
const MAX_COUNT = 2_147_483_647;

export class Reporter {
  private last: PlayerStatus | null = null;
  private lastKey = '';
  private lastMs = -Infinity;
  private heartbeatMs = USUAL_HEARTBEAT_MS;

  constructor(private readonly send: (status: PlayerStatus) => void) {}

  /** `key` names the hold or start that the status answers; another key is reported even in the same state. */
  offer(status: PlayerStatus, key: string, awaited: boolean, nowMs: number): void {
    const { last } = this;
    const news = !last || isNews(status, last) || key !== this.lastKey;
    const since = nowMs - this.lastMs;
    const urgent = news && (since >= MIN_GAP_MS || status.state === 'PLAYER_STATE_READY');
    const repeat = awaited && status.state === 'PLAYER_STATE_READY' && since >= REPEAT_READY_MS;
    const periodic = since >= this.heartbeatMs && status.itemId !== '';
    if (!urgent && !repeat && !periodic) return;
    this.last = status;
    this.lastKey = key;
    this.lastMs = nowMs;
    const within = withinContract(status);
    // Sent once for each motion: at rest these fields would be a quarter of a viewer's traffic.
    if (!urgent && !repeat && last?.appliedSeq === status.appliedSeq) {
      delete within.appliedSeq;
      delete within.appliedUs;
    }
    this.send(within);
  }

  /** A new connection needs a report at once, and says how often the numbers are due; 0: as usual. */
  restart(heartbeatMs: number): void {
    this.heartbeatMs = heartbeatMs > 0 ? heartbeatMs : USUAL_HEARTBEAT_MS;
    this.last = null;
    this.lastMs = -Infinity;
  }
}

/** The report as ProtoJSON: fields with their default are left out. */
export function statusFrame(status: PlayerStatus, excused: boolean): PlayerStatusJson {
  const all: PlayerStatusJson = { ...status, excused };
  return Object.fromEntries(
    Object.entries(all).filter(
      ([, value]) => value !== 0 && value !== '' && value !== '0' && value !== false && value !== undefined,
    ),
  );
}

function isNews(a: PlayerStatus, b: PlayerStatus): boolean {
  return (
    a.state !== b.state || a.itemId !== b.itemId || a.preparedItemId !== b.preparedItemId || a.syncClass !== b.syncClass
  );
}

function withinContract(status: PlayerStatus): PlayerStatus {
  const within: PlayerStatus = {
    ...status,
    driftMs: tenths(status.driftMs, -LIMIT_MS, LIMIT_MS),
    errorMs: tenths(status.errorMs, 0, LIMIT_MS),
    bufferMs: tenths(status.bufferMs, 0, LIMIT_MS),
    delayMs: tenths(status.delayMs, 0, MAX_DELAY_MS),
  };
  if (status.clockErrorMs !== undefined) within.clockErrorMs = tenths(status.clockErrorMs, 0, LIMIT_MS);
  if (status.stalls !== undefined) within.stalls = Math.round(clamp(status.stalls, 0, MAX_COUNT));
  if (status.corrections !== undefined) within.corrections = Math.round(clamp(status.corrections, 0, MAX_COUNT));
  return within;
}

/** NaN becomes 0: one bad number must not make the server reject the whole report. */
function clamp(value: number, least: number, most: number): number {
  return Number.isNaN(value) ? 0 : Math.max(least, Math.min(most, value));
}

function tenths(value: number, least: number, most: number): number {
  return Math.round(clamp(value, least, most) * 10) / 10;
}
