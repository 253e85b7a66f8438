/** Reads a room code from pasted text: the code in any spelling, or an invite link. Null where it is neither. */
export function roomCodeFrom(text: string): string | null {
  const fromLink = /\/r\/([^/?#\s]+)/.exec(text)?.[1];
  const code = (fromLink ?? text).replaceAll(/[\s-]/g, '').toLowerCase();
  return /^[a-z0-9]{8}$/.test(code) ? code : null;
}

/** As `roomCodeFrom`, but a link to another site is none of ours, however its path looks. */
export function ownRoomCodeFrom(text: string, host: string = window.location.host): string | null {
  const elsewhere = /^https?:\/\//i.test(text) && !(URL.canParse(text) && new URL(text).host === host);
  return elsewhere ? null : roomCodeFrom(text);
}
