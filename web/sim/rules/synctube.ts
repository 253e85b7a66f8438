import { Hands, PeerRoom } from './peers';
import type { Rule } from './rule';

const ASK_MS = 2_000;
const SEEK_ABOVE_MS = 2_000;
const LEAD_MS = 500;
const STEP_MS = 10;

class SyncTubeRoom extends PeerRoom {
  protected tell(hands: Hands): void {
    const positionMs = this.timeline.positionMs(this.world.nowMs);
    const { playing } = this.timeline;
    hands.member.links.down.send(() => hands.go(playing, positionMs));
  }

  protected follow(hands: Hands): void {
    const { device, links } = hands.member;
    device.every(ASK_MS, () => links.up.send(() => this.answer(hands)));
  }

  private answer(hands: Hands): void {
    const positionMs = Math.floor(this.timeline.positionMs(this.world.nowMs) / STEP_MS) * STEP_MS;
    const { playing } = this.timeline;
    hands.member.links.down.send(() => {
      if (playing && hands.able && Math.abs(hands.positionMs - positionMs) >= SEEK_ABOVE_MS)
        hands.correctBySeek(positionMs + LEAD_MS);
    });
  }
}

export const synctube: Rule = {
  id: 'synctube',
  label: 'SyncTube',
  facts: 'asks every 2 s, answers in steps of 10 ms, taken as they arrive; seek from 2 s, to 0.5 s ahead',
  open: (world) => new SyncTubeRoom(world),
};
