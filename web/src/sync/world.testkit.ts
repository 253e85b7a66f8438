// A simulated world whose time passes only when a test says so.
import { ServerClock } from './clock';
import type { Timer } from './timer';

/** Small, seeded, good enough for jitter (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Due {
  atMs: number;
  /** Of two timers at one instant the older one runs first. */
  order: number;
  run: () => void;
  everyMs: number | null;
  cancelled: boolean;
}

export class World implements Timer {
  nowMs = 1_000;
  /** The cluster clock is this far ahead of the local one. */
  readonly serverOffsetMs = 1_700_000_000_000;
  private readonly due = new Agenda();
  private order = 0;

  get serverMs(): number {
    return this.nowMs + this.serverOffsetMs;
  }

  after(ms: number, run: () => void): () => void {
    return this.add({ atMs: this.nowMs + Math.max(0, ms), order: 0, run, everyMs: null, cancelled: false });
  }

  every(ms: number, run: () => void): () => void {
    return this.add({ atMs: this.nowMs + ms, order: 0, run, everyMs: ms, cancelled: false });
  }

  /** Lets time pass, and microtasks run between timers. */
  async pass(ms: number): Promise<void> {
    const end = this.nowMs + ms;
    for (;;) {
      await Promise.resolve();
      const next = this.due.first();
      if (!next || next.atMs > end) break;
      this.due.take();
      if (next.cancelled) continue;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      if (next.everyMs !== null) this.push(next, next.atMs + next.everyMs);
      next.run();
    }
    this.nowMs = end;
    await Promise.resolve();
  }

  /** A clock that has been measured over a path of `rttMs`. */
  clock(rttMs = 4): ServerClock {
    const clock = new ServerClock();
    const measure = () => {
      const serverMs = this.serverMs - rttMs / 2;
      clock.add({
        sentMs: this.nowMs - rttMs,
        receivedMs: this.nowMs,
        serverReceiveMs: serverMs,
        serverSendMs: serverMs,
      });
    };
    measure();
    this.every(10_000, measure);
    return clock;
  }

  private add(due: Due): () => void {
    this.push(due, due.atMs);
    return () => {
      due.cancelled = true;
    };
  }

  private push(due: Due, atMs: number): void {
    due.atMs = atMs;
    due.order = this.order;
    this.order += 1;
    this.due.put(due);
  }
}

/** A binary heap, earliest first. */
class Agenda {
  private readonly heap: Due[] = [];

  first(): Due | undefined {
    return this.heap[0];
  }

  put(due: Due): void {
    const { heap } = this;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || !before(due, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = due;
  }

  take(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const smaller = left && right && before(right, left) ? right : left;
      if (!smaller || !before(smaller, last)) break;
      heap[at] = smaller;
      at = smaller === right ? 2 * at + 2 : 2 * at + 1;
    }
    heap[at] = last;
  }
}

function before(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
