import { Hands, PeerRoom, Timeline } from './peers';
import type { Rule } from './rule';

const CHECK_MS = 250;
const SEEK_ABOVE_MS = 1_000;

class OttRoom extends PeerRoom {
  private readonly targets = new Map<Hands, Timeline>();

  protected tell(hands: Hands): void {
    const positionMs = this.timeline.positionMs(this.world.nowMs);
    const { playing } = this.timeline;
    hands.member.links.down.send(() => {
      // Dated by its arrival: the delay of the message is ignored.
      this.targets.get(hands)?.set(playing, positionMs, hands.member.device.nowMs());
      hands.go(playing, positionMs);
    });
  }

  protected follow(hands: Hands): void {
    const target = new Timeline();
    this.targets.set(hands, target);
    const { device } = hands.member;
    device.every(CHECK_MS, () => {
      const targetMs = target.positionMs(device.nowMs());
      if (target.playing && hands.able && Math.abs(hands.positionMs - targetMs) > SEEK_ABOVE_MS)
        hands.correctBySeek(targetMs);
    });
  }
}

export const ott: Rule = {
  id: 'ott',
  label: 'OpenTogetherTube',
  facts: 'target dated by arrival; checked every 250 ms; seek beyond 1 s',
  open: (world) => new OttRoom(world),
};
