// Push to talk. Held: open. Pressed twice quickly: stays open until the next press.

const DOUBLE_MS = 350;
/** A microphone that is held open for longer was forgotten. */
export const MAX_HELD_MS = 120_000;

export type Talk = 'closed' | 'held' | 'locked';

export class TalkButton {
  state: Talk = 'closed';
  private pressedMs = -Infinity;
  private wasTap = false;

  press(nowMs: number): void {
    if (this.state === 'held') return;
    if (this.state === 'locked') {
      this.state = 'closed';
      this.wasTap = false;
      this.pressedMs = -Infinity;
      return;
    }
    const isSecond = this.wasTap && nowMs - this.pressedMs <= DOUBLE_MS;
    this.state = isSecond ? 'locked' : 'held';
    this.pressedMs = nowMs;
    this.wasTap = !isSecond;
  }

  release(nowMs: number): void {
    if (this.state !== 'held') return;
    this.state = 'closed';
    if (nowMs - this.pressedMs > DOUBLE_MS) this.wasTap = false;
  }

  /** The page lost the focus or was hidden: a release may never come. */
  letGo(): void {
    if (this.state === 'held') this.state = 'closed';
    this.wasTap = false;
  }

  /** Closes what was held for too long; returns whether it did. */
  expire(nowMs: number): boolean {
    if (this.state !== 'held' || nowMs - this.pressedMs < MAX_HELD_MS) return false;
    this.letGo();
    return true;
  }
}
