// The commands of this person to the room's playback.

import { explain, isUnreachable } from '../api/errors';

import type { CommandJson } from '../api/gen/syncwatch/sync/v1/playback_pb';
import { newId } from '../api/ids';
import { usFromMs } from '../sync/motion';
import type { Ack, ClientFrame } from './frames';
import { playlist } from './slices/playlist';
import type { RoomState } from './store';

type Action = Omit<CommandJson, 'id' | 'itemId' | 'expectedSeq'>;

export interface CommandDeps {
  room(): RoomState;
  request(frame: ClientFrame & { id: string }): Promise<Ack>;
  /** Whether there is a connection, now or within this time. */
  online(withinMs: number): Promise<boolean>;
  durationMs(): number | null;
  /** Null until enough frames were seen. */
  frameMs(): number | null;
  failed(message: string): void;
  /** Explains a missing permission; false for any other error. */
  refused(error: unknown): boolean;
}

export const MIN_RATE = 0.25;
export const MAX_RATE = 4;
export const RATES: readonly number[] = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 3, 4];
const FRAME_MS = 1000 / 25;
const MAX_JUMP_MS = 604_800_000;
/** A command that cannot be delivered within this time is rejected: later it would surprise the room. */
const MEANT_MS = 3_000;

export class Commands {
  private jumping = false;
  /** Coalesces jumps while one is pending: a key that is held down sends few commands, not thirty a second. */
  private pendingJumpMs = 0;

  constructor(private readonly deps: CommandDeps) {}

  async play(): Promise<void> {
    await this.command({ play: {} });
  }

  async pause(): Promise<void> {
    await this.command({ pause: {} });
  }

  toggle(): Promise<void> {
    return this.deps.room().playback.motion.playing ? this.pause() : this.play();
  }

  async seek(positionMs: number): Promise<void> {
    if (!this.mayJump()) return;
    const end = this.deps.durationMs() ?? Infinity;
    await this.command({ seek: { positionUs: usFromMs(Math.max(0, Math.min(positionMs, end))) } });
  }

  /** Jumps relative to the room's position when the command arrives. */
  async seekBy(offsetMs: number): Promise<void> {
    if (!this.mayJump()) return;
    this.pendingJumpMs = Math.max(-MAX_JUMP_MS, Math.min(MAX_JUMP_MS, this.pendingJumpMs + offsetMs));
    if (this.jumping) return;
    this.jumping = true;
    try {
      while (this.pendingJumpMs !== 0) {
        const offsetUs = usFromMs(this.pendingJumpMs);
        this.pendingJumpMs = 0;
        const done = await this.command({ seekBy: { offsetUs } });
        if (!done) this.pendingJumpMs = 0;
      }
    } finally {
      this.jumping = false;
    }
  }

  /** Jumps one frame forward or back, only while the room is paused. */
  async stepFrame(direction: 1 | -1): Promise<void> {
    if (this.deps.room().playback.motion.playing) {
      this.deps.failed('Pause first: a single frame shows only while the video stands still.');
      return;
    }
    await this.seekBy(direction * (this.deps.frameMs() ?? FRAME_MS));
  }

  async undoSeek(): Promise<void> {
    await this.command({ undoSeek: {} });
  }

  async setRate(rate: number): Promise<void> {
    await this.command({ setRate: { rate: Math.max(MIN_RATE, Math.min(MAX_RATE, rate)) } });
  }

  /** Sets the next speed of the list, up or down. */
  async shiftRate(direction: 1 | -1): Promise<void> {
    const { rate } = this.deps.room().playback.motion;
    const next = direction > 0 ? RATES.find((r) => r > rate) : RATES.findLast((r) => r < rate);
    if (next !== undefined) await this.setRate(next);
  }

  /** Plays an item where the room left it, or from its start. */
  async choose(itemId: string, { fromStart = false } = {}): Promise<void> {
    await this.send({ id: newId(), changeItem: { itemId, ...(fromStart && { fromStart }) } });
  }

  /** Votes to skip the item that is on, or withdraws the vote. */
  async voteSkip(withdraw: boolean): Promise<void> {
    await this.command({ voteSkip: { withdraw } });
  }

  async next(): Promise<void> {
    await this.command({ next: {} });
  }

  /** Says why a jump is not possible, instead of stalling everyone's player. */
  private mayJump(): boolean {
    const why = playlist.select.whyNoJumps(this.deps.room());
    if (why) this.deps.failed(why);
    return !why;
  }

  private async command(action: Action): Promise<boolean> {
    return this.send({ id: newId(), itemId: this.deps.room().playback.motion.itemId, ...action });
  }

  private async send(command: CommandJson & { id: string }): Promise<boolean> {
    try {
      await this.requestTwice({ id: command.id, command });
      return true;
    } catch (error) {
      if (!this.deps.refused(error)) this.deps.failed(isUnreachable(error) ? undelivered(command) : explain(error));
      return false;
    }
  }

  /** Sends a command again over a new connection, once. Its id makes it idempotent. */
  private async requestTwice(frame: ClientFrame & { id: string }): Promise<void> {
    const startedMs = performance.now();
    try {
      await this.deps.request(frame);
    } catch (error) {
      const leftMs = MEANT_MS - (performance.now() - startedMs);
      if (!isUnreachable(error) || leftMs <= 0 || !(await this.deps.online(leftMs))) throw error;
      await this.deps.request(frame);
    }
  }
}

/** Case R6: says that a command did not reach the room. */
function undelivered(command: CommandJson): string {
  return `You’re not connected, so ${subjectOf(command)} didn’t reach the room. Try again once you’re back.`;
}

function subjectOf({ play, pause, seek, seekBy, undoSeek, setRate, voteSkip }: CommandJson): string {
  if (play) return 'Play';
  if (pause) return 'Pause';
  if (seek ?? seekBy) return 'the jump';
  if (undoSeek) return 'the undo';
  if (setRate) return 'the new speed';
  if (voteSkip) return 'your vote';
  return 'the change of video';
}
