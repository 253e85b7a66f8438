// Two players that take turns: while one plays, the other prepares the next item, so that items follow one another
// without a gap. The engine sees one player.
import type { Frame } from './estimator';
import type { Entry, MediaSource, Player, PlayerSnapshot } from './player';

type Cleanup = () => void;

/** The place where the players are shown. A player that enters is shown behind the one that is there. */
export interface RelayStage {
  enter(player: Player): void;
  leave(player: Player): void;
}

export class Relay implements Player {
  private active: Player;
  private other: Player;
  /** The source that the other player has prepared. */
  private prepared: MediaSource | null = null;
  /** The other player plays its item to the end until this one plays. */
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

  /** Loads a source beside the one that plays; null: drops it. */
  prepare(source: MediaSource | null): void {
    if (this.leaving || source === this.prepared) return;
    if (this.prepared) this.other.unload();
    this.prepared = source;
    if (source) this.other.load(source);
  }

  /** Whether it could start with this source at once. */
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

  /** Switches to the prepared source; the present one plays on until that plays. */
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

  /** Safari allows sound only after a tap for that very element: one tap unlocks both. */
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
