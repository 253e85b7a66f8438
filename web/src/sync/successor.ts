// What comes after the item that is on: made ready before its end, and held back until its time has come.
import { positionAt, type Motion } from './motion';
import type { MediaSource, Player } from './player';
import type { Timer } from './timer';

/** So long before the end of an item the next one is loaded. */
const PREPARE_MS = 20_000;
/** The next one is taken so long before it has to be started, so that its start can be arranged. */
const ARRANGE_MS = 60;
/** A start that lies further ahead is no hand-over from one item to the next. */
const FURTHEST_MS = 5_000;

export interface SuccessorDeps {
  player: Player;
  timer: Timer;
  resolve(itemId: string): Promise<MediaSource>;
}

export class Successor {
  private itemId = '';
  private source: MediaSource | null = null;
  private asked = '';
  private held: { motion: Motion; cancel: () => void } | null = null;

  constructor(private readonly deps: SuccessorDeps) {}

  /** The playback that waits for its time. */
  get coming(): Motion | null {
    return this.held?.motion ?? null;
  }

  /** Which item comes next, as far as is known; empty: none. */
  set next(itemId: string) {
    if (itemId === this.itemId) return;
    this.itemId = itemId;
    this.asked = '';
    this.source = null;
    this.deps.player.prepare?.(null);
  }

  /** The item that could start at once; empty: none. */
  get prepared(): string {
    return this.source && this.deps.player.isPrepared?.(this.source) ? this.itemId : '';
  }

  /** Where the room is in its item decides when the next one is loaded. */
  watch(positionMs: number, durationMs: number | null): void {
    const { itemId } = this;
    if (!this.deps.player.prepare || !itemId || this.asked === itemId) return;
    if (durationMs === null || durationMs - positionMs > PREPARE_MS) return;
    this.asked = itemId;
    this.deps.resolve(itemId).then(
      (source) => {
        if (this.itemId !== itemId || source.format === 'embed') return;
        this.source = source;
        this.deps.player.prepare?.(source);
      },
      // Then it is opened when it is on, and says itself what is wrong.
      () => undefined,
    );
  }

  /** The source of an item that was made ready, once. */
  take(itemId: string): MediaSource | null {
    const { source } = this;
    if (itemId !== this.itemId || !source) return null;
    this.itemId = '';
    this.source = null;
    return source;
  }

  /**
   * Holds the playback of the next item back while the present one runs to its end. `startLatencyMs`: from play() to
   * motion. Whether it did; then `begin` is called when the time has come.
   */
  holdBack(present: Motion, next: Motion, serverMs: number, startLatencyMs: number, begin: (motion: Motion) => void): boolean {
    this.letGo();
    const aheadMs = next.anchorServerMs - startLatencyMs - ARRANGE_MS - serverMs;
    const follows = next.itemId !== present.itemId && next.itemId === this.prepared && next.playing && !next.hold;
    if (!follows || positionAt(next, next.anchorServerMs) !== 0 || aheadMs <= 0 || aheadMs > FURTHEST_MS) return false;
    const cancel = this.deps.timer.after(aheadMs, () => {
      this.held = null;
      begin(next);
    });
    this.held = { motion: next, cancel };
    return true;
  }

  /** Something else is on now. */
  letGo(): void {
    this.held?.cancel();
    this.held = null;
  }
}
