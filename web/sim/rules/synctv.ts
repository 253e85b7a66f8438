import { Hands, PeerRoom, Timeline } from './peers';
import type { Rule } from './rule';

const CHECK_MS = 2_000;
const SEEK_ABOVE_MS = 1_200;
/** An assumption: the interval of its measurements is not published. */
const MEASURE_MS = 10_000;

class SyncTvRoom extends PeerRoom {
  private readonly states = new Map<Hands, { target: Timeline; offsetMs: number }>();

  protected tell(hands: Hands): void {
    const generatedMs = this.world.nowMs;
    const positionMs = this.timeline.positionMs(generatedMs);
    const { playing } = this.timeline;
    hands.member.links.down.send(() => {
      const state = this.states.get(hands);
      if (!state) return;
      state.target.set(playing, positionMs, generatedMs);
      hands.go(playing, this.targetMs(hands));
    });
  }

  protected follow(hands: Hands): void {
    const { device } = hands.member;
    this.states.set(hands, { target: new Timeline(), offsetMs: this.world.nowMs - device.nowMs() });
    this.measure(hands);
    device.every(MEASURE_MS, () => this.measure(hands));
    device.every(CHECK_MS, () => {
      const targetMs = this.targetMs(hands);
      const playing = this.states.get(hands)?.target.playing;
      if (playing && hands.able && Math.abs(hands.positionMs - targetMs) > SEEK_ABOVE_MS) hands.correctBySeek(targetMs);
    });
  }

  private targetMs(hands: Hands): number {
    const state = this.states.get(hands);
    return state ? state.target.positionMs(hands.member.device.nowMs() + state.offsetMs) : 0;
  }

  /** Uses the newest sample, whatever its round trip. */
  private measure(hands: Hands): void {
    const { device, links } = hands.member;
    const sentMs = device.nowMs();
    links.up.send(() => {
      const serverMs = this.world.nowMs;
      links.down.send(() => {
        const state = this.states.get(hands);
        if (state) state.offsetMs = (serverMs - sentMs + (serverMs - device.nowMs())) / 2;
      });
    });
  }
}

export const synctv: Rule = {
  id: 'synctv',
  label: 'SyncTV',
  facts:
    'four-timestamp clock, last sample wins; seek beyond 1.2 s; how often it looks and measures is not published, taken as 2 s and 10 s',
  open: (world) => new SyncTvRoom(world),
};
