/** The page for signing in, which leads back to the room, with the invite when there is one. */
export function signInPath(code: string): string {
  return `/sign-in?next=${encodeURIComponent(`/r/${code}${location.search}`)}`;
}
