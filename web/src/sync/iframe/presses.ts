// Tells what a person does in the player itself from what the player does by our commands, and by itself: a person has
// the focus in its frame, and nothing that we said is still being done.

/** Until it has done what it was told, but no longer than this, what it does is the command's doing. */
const ECHO_MS = 1_500;
/** So long the room is given to follow, before the one who pressed is taken along again. */
const ROOM_WITHIN_MS = 2_500;

export class Presses {
  private commandedAtMs = -Infinity;
  private obeyed = false;
  private heldUntilMs = -Infinity;

  /** Something was said to it. */
  commanded(nowMs: number): void {
    this.commandedAtMs = nowMs;
    this.obeyed = false;
    this.heldUntilMs = -Infinity;
  }

  /** It does what it was told. */
  done(): void {
    this.obeyed = true;
  }

  /** Whether what it does now is somebody's own doing. */
  isPress(nowMs: number, hasFocus: boolean): boolean {
    return hasFocus && (this.obeyed || nowMs - this.commandedAtMs > ECHO_MS);
  }

  /** A press waits for the room's answer, which comes as a command. */
  hold(nowMs: number): void {
    this.heldUntilMs = nowMs + ROOM_WITHIN_MS;
  }

  isHeld(nowMs: number): boolean {
    return nowMs < this.heldUntilMs;
  }
}
