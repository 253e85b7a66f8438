import type { World } from '../../src/sync/world.testkit';
import { Hands, PeerRoom } from './peers';
import type { Rule } from './rule';

const REPORT_MS = 1_000;
const BEHIND_MS = 500;
const MOST = 1.1;

class WatchPartyRoom extends PeerRoom {
  private readonly heard = new Map<Hands, { positionMs: number; atMs: number }>();

  constructor(world: World) {
    super(world);
    world.every(REPORT_MS, () => {
      if (this.timeline.playing) this.broadcast();
    });
  }

  override play(): void {
    this.heard.clear();
    super.play();
  }

  override seek(toMs: number): void {
    this.heard.clear();
    super.seek(toMs);
  }

  protected tell(hands: Hands): void {
    const positionMs = this.leaderMs(this.positions()) ?? this.timeline.positionMs(this.world.nowMs);
    const { playing } = this.timeline;
    hands.member.links.down.send(() => hands.go(playing, positionMs));
  }

  protected follow(hands: Hands): void {
    const { device, links } = hands.member;
    device.every(REPORT_MS, () => {
      const { positionMs } = hands;
      if (hands.able) links.up.send(() => this.heard.set(hands, { positionMs, atMs: this.world.nowMs }));
    });
  }

  private broadcast(): void {
    const leaderMs = this.leaderMs(this.positions());
    if (leaderMs === undefined) return;
    for (const hands of this.clients) {
      hands.member.links.down.send(() => {
        if (!hands.able) return;
        const behindMs = leaderMs - hands.positionMs;
        hands.setRate(behindMs > BEHIND_MS ? Math.min(MOST, 1 + behindMs / 10_000) : 1);
      });
    }
  }

  /** Advanced to one instant by their arrival at the server, which includes the delay of the message. */
  private positions(): number[] {
    return [...this.heard.values()]
      .map(({ positionMs, atMs }) => positionMs + this.world.nowMs - atMs)
      .toSorted((a, b) => a - b);
  }

  private leaderMs(sorted: readonly number[]): number | undefined {
    return sorted.length <= 2 ? sorted.at(-1) : sorted[Math.floor(sorted.length / 2)];
  }
}

export const watchparty: Rule = {
  id: 'watchparty',
  label: 'WatchParty',
  facts:
    'positions exchanged every 1 s; leader is the foremost of two or the median; more than 0.5 s behind: up to 1.10, never slower, no seek',
  open: (world) => new WatchPartyRoom(world),
};
