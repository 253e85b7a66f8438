/** The link of a room, by its code. */
export function linkOf(roomCode: string): string {
  return `${location.origin}/r/${roomCode}`;
}

/** The link of an invite, which opens rooms that others have to ask for. */
export function inviteLinkOf(invite: string): string {
  return `${location.origin}/i/${invite}`;
}

/** A room code or an invite in two halves, for reading aloud. */
export function halves(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
