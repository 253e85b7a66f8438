// The common part of most rules: a server that knows the room's position, and clients that act on its messages.
import type { World } from '../../src/sync/world.testkit';
import type { Counts, Member, Room } from './rule';

export class Timeline {
  playing = false;
  private anchorMs = 0;
  private sinceMs = 0;

  /** By one clock, always the same. */
  positionMs(nowMs: number): number {
    return this.playing ? this.anchorMs + nowMs - this.sinceMs : this.anchorMs;
  }

  set(playing: boolean, positionMs: number, nowMs: number): void {
    this.playing = playing;
    this.anchorMs = positionMs;
    this.sinceMs = nowMs;
  }
}

/** A client's actions on its player. Counts those without a command. */
export class Hands {
  corrections = 0;
  seeks = 0;
  private rate = 1;

  constructor(readonly member: Member) {}

  get positionMs(): number {
    return this.member.player.snapshot().currentMs;
  }

  /** Loaded, and not seeking. */
  get able(): boolean {
    const { loaded, seeking } = this.member.player.snapshot();
    return loaded && !seeking;
  }

  /** Follows a command; not a correction. */
  go(playing: boolean, positionMs: number): void {
    const { player } = this.member;
    if (Math.abs(player.snapshot().currentMs - positionMs) > 100) player.seekTo(positionMs);
    if (playing && player.snapshot().paused) void player.play();
    if (!playing && !player.snapshot().paused) player.pause();
  }

  correctBySeek(positionMs: number): void {
    this.corrections += 1;
    this.seeks += 1;
    this.member.player.seekTo(positionMs);
  }

  /** Each change from rate 1 counts as one correction. */
  setRate(rate: number): void {
    if (rate === this.rate) return;
    if (this.rate === 1) this.corrections += 1;
    this.rate = rate;
    this.member.player.setRate(rate);
  }
}

/** A room whose server sends each command to the clients at once. */
export abstract class PeerRoom implements Room {
  protected readonly timeline = new Timeline();
  protected readonly clients: Hands[] = [];

  constructor(protected readonly world: World) {}

  join(member: Member): void {
    const hands = new Hands(member);
    this.clients.push(hands);
    member.player.load({ url: '/film', format: 'progressive' });
    this.follow(hands);
    // The player needs its item before it can seek.
    member.device.after(member.spec.player.loadMs + 1, () => member.links.up.send(() => this.tell(hands)));
  }

  play(): void {
    this.timeline.set(true, this.timeline.positionMs(this.world.nowMs), this.world.nowMs);
    for (const hands of this.clients) this.tell(hands);
  }

  seek(toMs: number): void {
    this.timeline.set(this.timeline.playing, toMs, this.world.nowMs);
    for (const hands of this.clients) this.tell(hands);
  }

  counts(): Counts {
    const sum = { corrections: 0, seeks: 0 };
    for (const { corrections, seeks } of this.clients) {
      sum.corrections += corrections;
      sum.seeks += seeks;
    }
    return sum;
  }

  /** Handles the server's message after a command or a join. */
  protected abstract tell(hands: Hands): void;
  /** The periodic action of the client. */
  protected abstract follow(hands: Hands): void;
}
