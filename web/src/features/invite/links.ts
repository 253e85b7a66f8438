/** The link of a room, by its code. */
export function linkOf(roomCode: string): string {
  return `${location.origin}/r/${roomCode}`;
}

/** A room code in two halves, for reading aloud. */
export function halves(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
