// One direction of a connection: a delay, jitter, and losses, which TCP turns into delays of all later messages.
import type { World } from '../src/sync/world.testkit';

export interface PathSpec {
  rttMs: number;
  /** Share of the round trip for the way to the server. */
  upShare: number;
  /** Mean delay in queues for each message. */
  jitterMs: number;
  /** Share of messages that have to be sent again. */
  loss: number;
}

const MIN_RESEND_MS = 200;

export class Link {
  private lastMs = 0;

  constructor(
    private readonly world: World,
    private readonly delayMs: number,
    private readonly path: PathSpec,
    private readonly roll: () => number,
  ) {}

  /** Messages arrive in the order they were sent in. */
  send(deliver: () => void): void {
    const queuedMs = -Math.log(1 - this.roll()) * this.path.jitterMs;
    const resentMs = this.roll() < this.path.loss ? Math.max(MIN_RESEND_MS, 2 * this.path.rttMs) : 0;
    const atMs = Math.max(this.lastMs, this.world.nowMs + this.delayMs + queuedMs + resentMs);
    this.lastMs = atMs;
    this.world.after(atMs - this.world.nowMs, deliver);
  }
}

export interface Links {
  up: Link;
  down: Link;
}

export function connect(world: World, path: PathSpec, roll: () => number): Links {
  return {
    up: new Link(world, path.rttMs * path.upShare, path, roll),
    down: new Link(world, path.rttMs * (1 - path.upShare), path, roll),
  };
}
