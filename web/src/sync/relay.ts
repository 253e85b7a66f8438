// Two players that take turns: while one plays, the other makes ready what comes next, so that items follow one another
// without a gap. To the engine they are one player.
import type { Frame } from './estimator';
import type { Entry, MediaSource, Player, PlayerSnapshot } from './player';

type Cleanup = () => void;

/** Where players are seen. One that enters while another is there stays behind it. */
export interface RelayStage {
  enter(player: Player): void;
  leave(player: Player): void;
}

export class Relay implements Player {
  private active: Player;
  private other: Player;
  /** What the other one was given to make ready. */
  private prepared: MediaSource | null = null;
  /** The other one plays its item to the end, until this one plays. */
  private leaving = false;
  private rate = 1;
  private readonly frameListeners = new Set<(frame: Frame) => void>();
  private readonly changeListeners = new Set<() => void>();
  private readonly cleanups: readonly Cleanup[];

  constructor(
    first: Player,
    second: Player,
    private readonly stage: RelayStage,
  ) {
    this.active = first;
    this.other = second;
    this.cleanups = [first, second].flatMap((player) => [
      player.onFrame((frame) => {
        if (player === this.active) for (const listener of this.frameListeners) listener(frame);
      }),
      player.onChange(() => {
        for (const listener of this.changeListeners) listener();
      }),
    ]);
    stage.enter(first);
  }

  get rates(): readonly number[] | null {
    return this.active.rates ?? null;
  }

  /** Makes a source ready beside the one that plays; null: nothing. */
  prepare(source: MediaSource | null): void {
    if (this.leaving || source === this.prepared) return;
    if (this.prepared) this.other.unload();
    this.prepared = source;
    if (source) this.other.load(source);
  }

  /** It could start with that source at once. */
  isPrepared(source: MediaSource): boolean {
    if (source !== this.prepared) return false;
    const { loaded, ready, failure } = this.other.snapshot();
    return loaded && ready && failure === null;
  }

  load(source: MediaSource, entry?: Entry): void {
    this.retire();
    if (source === this.prepared) this.swap();
    else this.active.load(source, entry);
    this.retire();
  }

  /** Takes what was prepared; what plays goes on until that plays. */
  handOn(source: MediaSource): void {
    this.retire();
    if (source !== this.prepared) return this.load(source);
    this.swap();
  }

  unload(): void {
    this.retire();
    this.active.unload();
  }

  unlock(): Promise<void> {
    this.unlockOther();
    return this.play();
  }

  restoreSound(): void {
    this.active.restoreSound?.();
    this.other.restoreSound?.();
    this.unlockOther();
  }

  play(): Promise<void> {
    const { active } = this;
    return active.play().finally(() => {
      if (active === this.active) this.retire();
    });
  }

  pause(): void {
    this.retire();
    this.active.pause();
  }

  seekTo(positionMs: number): void {
    this.active.seekTo(positionMs);
  }

  setRate(rate: number): void {
    this.rate = rate;
    this.active.setRate(rate);
  }

  snapshot(): PlayerSnapshot {
    return this.active.snapshot();
  }

  onFrame(listener: (frame: Frame) => void): Cleanup {
    this.frameListeners.add(listener);
    return () => this.frameListeners.delete(listener);
  }

  onChange(listener: () => void): Cleanup {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  destroy(): void {
    for (const cleanup of this.cleanups) cleanup();
    this.active.destroy();
    this.other.destroy();
  }

  /** Safari lets an element play with sound only after a tap for that very element: one tap unlocks both. */
  private unlockOther(): void {
    if (this.leaving) return;
    this.other.play().catch(() => undefined);
    this.other.pause();
  }

  private swap(): void {
    [this.active, this.other] = [this.other, this.active];
    this.stage.enter(this.active);
    this.prepared = null;
    this.leaving = true;
    this.active.setRate(this.rate);
  }

  private retire(): void {
    if (!this.leaving) return;
    this.leaving = false;
    this.other.pause();
    this.other.unload();
    this.stage.leave(this.other);
  }
}
