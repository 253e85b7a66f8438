// Playback events are gapless by their number. What comes early waits here for what is before it, what comes twice is
// dropped, and a gap that does not close is told, so that the connection can ask for what was missed.
import type { Timer } from '../sync/timer';
import type { PlaybackEventJson } from '../api/gen/syncwatch/sync/v1/playback_pb';

export interface EventOrderDeps {
  timer: Timer;
  deliver(event: PlaybackEventJson): void;
  /** Something before what is held here does not come. What is held is dropped: a snapshot holds it too. */
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

  /** The last event that is known here with all before it. */
  get last(): { epoch: string; seq: number } {
    return { epoch: this.epoch, seq: this.seq };
  }

  /** A snapshot was given: everything up to this event is known. */
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
      // The room was restored: its numbers go on from where that left it. An event from before that is void.
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
    // What still waits, waits for another event than before.
    this.stopWaiting();
    if (this.early.size) this.wait();
  }

  /** Forgets what is held: the connection is gone. */
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
