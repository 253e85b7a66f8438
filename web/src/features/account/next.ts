/**
 * The path to open after signing in: a page of this site, else the home page. The URL parser decides, as it does when the
 * browser navigates; a pattern would miss forms such as `/\\example.invalid`, which leads to another host.
 */
export function safeNext(next: string | null, origin: string = window.location.origin): string {
  if (!next) return '/';
  try {
    const url = new URL(next, origin);
    return url.origin === origin ? url.pathname + url.search + url.hash : '/';
  } catch {
    return '/';
  }
}
