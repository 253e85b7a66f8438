// Delivers playback events in the order of their gapless numbers. An early event waits for those before it, a duplicate
// is dropped, and a gap that stays open is reported, so that the connection can read the missing events again.

import type { PlaybackEventJson } from '../api/gen/syncwatch/sync/v1/playback_pb';
import type { Timer } from '../sync/timer';

export interface EventOrderDeps {
  timer: Timer;
  deliver(event: PlaybackEventJson): void;
  /** A gap stays open. The waiting events are dropped: the next snapshot includes them. */
  lost(): void;
}

const GAP_MS = 1_000;
const MAX_EARLY = 64;

export class EventOrder {
  private epoch = '0';
  private seq = 0;
  private readonly early = new Map<number, PlaybackEventJson>();
  private cancelWait: (() => void) | null = null;

  constructor(private readonly deps: EventOrderDeps) {}

  /** The last delivered event. */
  get last(): { epoch: string; seq: number } {
    return { epoch: this.epoch, seq: this.seq };
  }

  /** Call after a snapshot, which includes everything up to this event. */
  restart(epoch: string, seq: number): void {
    this.drop();
    this.epoch = epoch;
    this.seq = seq;
  }

  offer(event: PlaybackEventJson): void {
    const seq = Number(event.seq ?? 0);
    const epoch = event.state?.epoch ?? '0';
    if (!Number.isSafeInteger(seq) || seq < 1) return;
    if (epoch !== this.epoch) {
      // The room was restored and goes on with these numbers. Events of an earlier epoch are void.
      if (Number(epoch) < Number(this.epoch)) return;
      this.restart(epoch, seq - 1);
    }
    if (seq <= this.seq) return;
    if (seq > this.seq + 1) {
      this.hold(seq, event);
      return;
    }
    for (let next: PlaybackEventJson | undefined = event; next; next = this.early.get(this.seq + 1)) {
      this.seq += 1;
      this.early.delete(this.seq);
      this.deps.deliver(next);
    }
    // The remaining events wait for another gap than before, so the time starts again.
    this.stopWaiting();
    if (this.early.size) this.wait();
  }

  /** Drops the waiting events: the connection is gone. */
  drop(): void {
    this.early.clear();
    this.stopWaiting();
  }

  private hold(seq: number, event: PlaybackEventJson): void {
    if (this.early.size >= MAX_EARLY) {
      this.giveUp();
      return;
    }
    this.early.set(seq, event);
    if (!this.cancelWait) this.wait();
  }

  private wait(): void {
    this.cancelWait = this.deps.timer.after(GAP_MS, () => this.giveUp());
  }

  private stopWaiting(): void {
    this.cancelWait?.();
    this.cancelWait = null;
  }

  private giveUp(): void {
    this.drop();
    this.deps.lost();
  }
}
