import type { World } from '../../src/sync/world.testkit';
import { Hands, PeerRoom } from './peers';
import type { Rule } from './rule';

const BROADCAST_MS = 5_000;
const SEEK_ABOVE_MS = 2_000;
const AHEAD_MS = 1_000;

class CyTubeRoom extends PeerRoom {
  constructor(world: World) {
    super(world);
    world.every(BROADCAST_MS, () => {
      if (this.timeline.playing) for (const hands of this.clients) this.update(hands);
    });
  }

  protected tell(hands: Hands): void {
    const positionMs = this.timeline.positionMs(this.world.nowMs);
    const { playing } = this.timeline;
    hands.member.links.down.send(() => hands.go(playing, positionMs));
  }

  protected follow(): void {
    // Clients act only on messages of the server.
  }

  private update(hands: Hands): void {
    const positionMs = this.timeline.positionMs(this.world.nowMs);
    hands.member.links.down.send(() => {
      if (!hands.able) return;
      const aheadMs = hands.positionMs - positionMs;
      if (aheadMs > SEEK_ABOVE_MS) hands.correctBySeek(positionMs + AHEAD_MS);
      else if (aheadMs < -SEEK_ABOVE_MS) hands.correctBySeek(positionMs);
    });
  }
}

export const cytube: Rule = {
  id: 'cytube',
  label: 'CyTube',
  facts: 'position broadcast every 5 s, taken as it arrives; seek beyond 2 s',
  open: (world) => new CyTubeRoom(world),
};
