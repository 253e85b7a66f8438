// Distinguishes a person's actions in the player from what the player does by our commands or by itself: for an action
// the frame has the focus, and no command of ours is pending.

/** A command is pending until the player has carried it out, but no longer than this. */
const ECHO_MS = 1_500;
/** How long the room has to follow an action, before the player is brought back to the room. */
const ROOM_WITHIN_MS = 2_500;

export class Presses {
  private commandedAtMs = -Infinity;
  private obeyed = false;
  private heldUntilMs = -Infinity;

  /** A command was sent. */
  commanded(nowMs: number): void {
    this.commandedAtMs = nowMs;
    this.obeyed = false;
    this.heldUntilMs = -Infinity;
  }

  /** The command is carried out. */
  done(): void {
    this.obeyed = true;
  }

  /** Whether what the player does now is a person's action. */
  isPress(nowMs: number, hasFocus: boolean): boolean {
    return hasFocus && (this.obeyed || nowMs - this.commandedAtMs > ECHO_MS);
  }

  /** An action was sent to the room, whose answer comes as a command. */
  hold(nowMs: number): void {
    this.heldUntilMs = nowMs + ROOM_WITHIN_MS;
  }

  isHeld(nowMs: number): boolean {
    return nowMs < this.heldUntilMs;
  }
}
