import { Hands, PeerRoom } from './peers';
import type { Rule } from './rule';

const STATE_MS = 1_000;
const OLD_WEIGHT = 0.85;
const SLOW_ABOVE_MS = 1_500;
const SLOW_UNTIL_MS = 100;
const SLOW_RATE = 0.95;
const REWIND_ABOVE_MS = 4_000;
const JUMP_BELOW_MS = -5_000;
const JUMP_LEAD_MS = 250;

interface Watcher {
  /** The last report to the server and its time. Null: the client follows the room until its first one. */
  heard: { positionMs: number; atMs: number } | null;
  averageRttMs: number | null;
  /** Answers to requests from before a command are ignored. */
  command: number;
}

class SyncplayRoom extends PeerRoom {
  private readonly watchers = new Map<Hands, Watcher>();
  private command = 0;

  override play(): void {
    this.forget();
    super.play();
  }

  override seek(toMs: number): void {
    this.forget();
    super.seek(toMs);
  }

  protected tell(hands: Hands): void {
    const positionMs = this.roomMs();
    const { playing } = this.timeline;
    const { command } = this;
    hands.member.links.down.send(() => {
      const watcher = this.watchers.get(hands);
      if (!watcher) return;
      watcher.command = command;
      hands.go(playing, playing ? positionMs + forwardMs(watcher) : positionMs);
    });
  }

  protected follow(hands: Hands): void {
    const { device } = hands.member;
    this.watchers.set(hands, { heard: null, averageRttMs: null, command: -1 });
    device.every(STATE_MS, () => this.exchange(hands));
  }

  private exchange(hands: Hands): void {
    const watcher = this.watchers.get(hands);
    const { device, links } = hands.member;
    if (!watcher) return;
    const sentMs = device.nowMs();
    const { command } = watcher;
    // The offset for late sound applies to the own player only.
    const positionMs = hands.positionMs - hands.member.spec.audioOffsetMs;
    links.up.send(() => {
      if (command === this.command && this.timeline.playing) {
        watcher.heard = { positionMs: positionMs + forwardMs(watcher), atMs: this.world.nowMs };
      }
      const roomMs = this.roomMs();
      const answered = this.command;
      links.down.send(() => {
        const rttMs = device.nowMs() - sentMs;
        watcher.averageRttMs =
          watcher.averageRttMs === null ? rttMs : OLD_WEIGHT * watcher.averageRttMs + (1 - OLD_WEIGHT) * rttMs;
        if (answered === watcher.command && this.timeline.playing) act(hands, roomMs + forwardMs(watcher));
      });
    });
  }

  /** The room's position is that of the slowest member. */
  private roomMs(): number {
    const nowMs = this.world.nowMs;
    if (!this.timeline.playing) return this.timeline.positionMs(nowMs);
    let slowest = Infinity;
    for (const { heard } of this.watchers.values()) {
      if (heard) slowest = Math.min(slowest, heard.positionMs + nowMs - heard.atMs);
    }
    return Number.isFinite(slowest) ? slowest : this.timeline.positionMs(nowMs);
  }

  private forget(): void {
    this.command += 1;
    for (const watcher of this.watchers.values()) watcher.heard = null;
  }
}

function forwardMs(watcher: Watcher): number {
  return (watcher.averageRttMs ?? 0) / 2;
}

function act(hands: Hands, targetMs: number): void {
  if (!hands.able) return;
  const aheadMs = hands.positionMs - hands.member.spec.audioOffsetMs - targetMs;
  if (aheadMs > REWIND_ABOVE_MS) hands.correctBySeek(targetMs);
  else if (aheadMs < JUMP_BELOW_MS) hands.correctBySeek(targetMs + JUMP_LEAD_MS);
  else if (aheadMs > SLOW_ABOVE_MS) hands.setRate(SLOW_RATE);
  else if (aheadMs < SLOW_UNTIL_MS) hands.setRate(1);
}

export const syncplay: Rule = {
  id: 'syncplay',
  label: 'Syncplay',
  facts:
    'the slowest member leads, half the mean round trip added (its term for unequal round trips left out); every 1 s; 0.95 beyond 1.5 s ahead until 0.1 s, rewind beyond 4 s',
  open: (world) => new SyncplayRoom(world),
};
