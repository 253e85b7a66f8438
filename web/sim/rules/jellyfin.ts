import type { World } from '../../src/sync/world.testkit';
import { Hands, PeerRoom, Timeline } from './peers';
import type { Rule } from './rule';

const QUICK_PINGS = 3;
const QUICK_MS = 1_000;
const SLOW_MS = 60_000;
const KEEP = 8;
const LEAST_LEAD_MS = 500;
const CHECK_MS = 250;
const PAUSE_MS = 1_500;
const SPEED_FROM_MS = 60;
const SPEED_BELOW_MS = 3_000;
const SPEED_FOR_MS = 1_000;
const SPEED_LEAST = 0.2;
const SEEK_FROM_MS = 400;

interface Client {
  target: Timeline;
  samples: { offsetMs: number; delayMs: number }[];
  pingMs: number;
  lastActionMs: number;
  cancelStart: () => void;
}

class JellyfinRoom extends PeerRoom {
  private readonly states = new Map<Hands, Client>();
  private readonly waiting = new Set<Hands>();

  constructor(
    world: World,
    private readonly corrects: boolean,
  ) {
    super(world);
  }

  override play(): void {
    this.schedule(this.timeline.positionMs(this.world.nowMs));
  }

  /** All clients seek, and when all are ready a start is scheduled. */
  override seek(toMs: number): void {
    this.timeline.set(false, toMs, this.world.nowMs);
    for (const hands of this.clients) {
      this.waiting.add(hands);
      hands.member.links.down.send(() => {
        const state = this.states.get(hands);
        state?.cancelStart();
        state?.target.set(false, toMs, 0);
        hands.setRate(1);
        hands.go(false, toMs);
        this.awaitReady(hands, toMs);
      });
    }
  }

  /** A late joiner gets the past start. The others do not wait here, although they would in the product. */
  protected tell(hands: Hands): void {
    if (this.timeline.playing) this.start(hands, this.timeline.positionMs(this.world.nowMs), this.world.nowMs);
  }

  protected follow(hands: Hands): void {
    const { device } = hands.member;
    const state: Client = {
      target: new Timeline(),
      samples: [],
      pingMs: LEAST_LEAD_MS,
      lastActionMs: -Infinity,
      cancelStart: () => undefined,
    };
    this.states.set(hands, state);
    for (let i = 0; i < QUICK_PINGS; i += 1) device.after(i * QUICK_MS, () => this.measure(hands, state));
    device.every(SLOW_MS, () => this.measure(hands, state));
    if (this.corrects) device.every(CHECK_MS, () => correct(hands, state));
  }

  private awaitReady(hands: Hands, toMs: number): void {
    const { device, links } = hands.member;
    if (!hands.able) {
      device.after(20, () => this.awaitReady(hands, toMs));
      return;
    }
    links.up.send(() => {
      this.waiting.delete(hands);
      if (this.waiting.size === 0) this.schedule(toMs);
    });
  }

  private schedule(positionMs: number): void {
    const pings = this.clients.map((hands) => this.states.get(hands)?.pingMs ?? LEAST_LEAD_MS);
    const whenMs = this.world.nowMs + Math.max(2 * Math.max(...pings), LEAST_LEAD_MS);
    this.timeline.set(true, positionMs, whenMs);
    for (const hands of this.clients) this.start(hands, positionMs, whenMs);
  }

  private start(hands: Hands, positionMs: number, whenMs: number): void {
    const { device, links } = hands.member;
    links.down.send(() => {
      const state = this.states.get(hands);
      if (!state) return;
      state.cancelStart();
      const nowMs = serverMs(hands, state);
      state.target.set(true, positionMs, whenMs);
      if (nowMs < whenMs) {
        hands.go(false, positionMs);
        state.cancelStart = device.after(whenMs - nowMs, () => hands.go(true, positionMs));
      } else {
        hands.go(true, state.target.positionMs(nowMs));
      }
    });
  }

  private measure(hands: Hands, state: Client): void {
    const { device, links } = hands.member;
    const sentMs = Math.floor(device.nowMs());
    links.up.send(() => {
      const atMs = Math.floor(this.world.nowMs);
      links.down.send(() => {
        const receivedMs = Math.floor(device.nowMs());
        state.samples = [
          ...state.samples,
          { offsetMs: (atMs - sentMs + (atMs - receivedMs)) / 2, delayMs: receivedMs - sentMs },
        ].slice(-KEEP);
        state.pingMs = Math.min(...state.samples.map((s) => s.delayMs)) / 2;
      });
    });
  }
}

function serverMs(hands: Hands, state: Client): number {
  const best = state.samples.reduce<{ offsetMs: number; delayMs: number } | null>(
    (b, s) => (!b || s.delayMs < b.delayMs ? s : b),
    null,
  );
  return Math.floor(hands.member.device.nowMs()) + (best?.offsetMs ?? 0) + hands.member.spec.audioOffsetMs;
}

function correct(hands: Hands, state: Client): void {
  const { device } = hands.member;
  const nowMs = device.nowMs();
  if (!state.target.playing || !hands.able || nowMs - state.lastActionMs < PAUSE_MS) return;
  const targetMs = state.target.positionMs(serverMs(hands, state));
  const behindMs = targetMs - hands.positionMs;
  const offMs = Math.abs(behindMs);
  if (offMs >= SPEED_FROM_MS && offMs < SPEED_BELOW_MS) {
    state.lastActionMs = nowMs;
    hands.setRate(Math.max(SPEED_LEAST, 1 + behindMs / SPEED_FOR_MS));
    device.after(SPEED_FOR_MS, () => hands.setRate(1));
  } else if (offMs >= SEEK_FROM_MS) {
    state.lastActionMs = nowMs;
    hands.correctBySeek(targetMs);
  }
}

export const jellyfin: Rule = {
  id: 'jellyfin',
  label: 'Jellyfin, as shipped',
  facts: 'best of 8 samples, one in 60 s; scheduled start; correction off',
  open: (world) => new JellyfinRoom(world, false),
};

export const jellyfinCorrecting: Rule = {
  id: 'jellyfin-correcting',
  label: 'Jellyfin, correction on',
  facts: 'as shipped, and from 60 ms to 3 s a second at 1 + d/1 s, one action in 1.5 s; seek otherwise from 0.4 s',
  open: (world) => new JellyfinRoom(world, true),
};
