// The item that follows the current one: prepared before the end, and held back until its start.
import { type Motion, positionAt } from './motion';
import type { MediaSource, Player } from './player';
import type { Timer } from './timer';

/** How long before the end of an item the next one is loaded. */
const PREPARE_MS = 20_000;
/** How long before its start the next item becomes the current one, so that the start can be armed. */
const ARRANGE_MS = 60;
/** A start further ahead is no direct transition from one item to the next. */
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

  /** The motion that is held back. */
  get coming(): Motion | null {
    return this.held?.motion ?? null;
  }

  /** The item that follows; empty: none, or not known. */
  set next(itemId: string) {
    if (itemId === this.itemId) return;
    this.itemId = itemId;
    this.asked = '';
    this.source = null;
    this.deps.player.prepare?.(null);
  }

  /** The prepared item, which could start at once; empty: none. */
  get prepared(): string {
    return this.source && this.deps.player.isPrepared?.(this.source) ? this.itemId : '';
  }

  /** Loads the next item when the room is near the end of this one. */
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
      // The item is opened again when it is the current one, and shows its error then.
      () => undefined,
    );
  }

  /** Returns the source of the prepared item, once. */
  take(itemId: string): MediaSource | null {
    const { source } = this;
    if (itemId !== this.itemId || !source) return null;
    this.itemId = '';
    this.source = null;
    return source;
  }

  /**
   * Holds the motion of the next item back while the current one plays to its end, and calls `begin` in time.
   * `startLatencyMs`: from play() to motion. Returns false when the motion is to be applied at once.
   */
  holdBack(
    present: Motion,
    next: Motion,
    serverMs: number,
    startLatencyMs: number,
    begin: (motion: Motion) => void,
  ): boolean {
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

  /** Drops the motion that is held back: another one is applied. */
  letGo(): void {
    this.held?.cancel();
    this.held = null;
  }
}
