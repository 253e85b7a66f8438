// Links in a message (case W13).

export interface Link {
  /** UTF-16 indices in the text. */
  start: number;
  end: number;
  href: string;
}

/** Full-width punctuation ends a link: Chinese and Japanese put no space after one. */
const LINK = /https?:\/\/[^\s<>"“”。，、！？；：「」『』【】（）]+/giu;
const TRAILING = /[.,;:!?'’]$/u;
const PAIRS = [
  ['(', ')'],
  ['[', ']'],
] as const;

export function linksIn(text: string): Link[] {
  const links: Link[] = [];
  for (const match of text.matchAll(LINK)) {
    const href = withoutTail(match[0]);
    if (URL.canParse(href) && new URL(href).hostname)
      links.push({ start: match.index, end: match.index + href.length, href });
  }
  return links;
}

/** A link ends before punctuation, and before a bracket that it does not open. */
function withoutTail(found: string): string {
  let link = found;
  for (;;) {
    const shorter = TRAILING.test(link) || PAIRS.some((pair) => endsUnopened(link, pair)) ? link.slice(0, -1) : link;
    if (shorter === link) return link;
    link = shorter;
  }
}

function endsUnopened(link: string, [open, close]: readonly [string, string]): boolean {
  return link.endsWith(close) && link.split(close).length > link.split(open).length;
}

const SERVICES: readonly (readonly [RegExp, string])[] = [
  [/^(?:www\.|m\.|music\.)?youtube\.com$|^youtu\.be$/u, 'YouTube'],
  [/^(?:www\.|player\.)?vimeo\.com$/u, 'Vimeo'],
  [/^(?:www\.)?dailymotion\.com$|^dai\.ly$/u, 'Dailymotion'],
];
const MEDIA_FILE = /\.(?:mp4|m4v|webm|mov|mkv|m3u8|mpd|mp3|m4a|ogg|opus|flac)$/iu;

export interface MediaLink {
  href: string;
  /** Where it comes from, in words. */
  from: string;
}

/** A link that a room can probably add; the server decides when it is added. Nothing is fetched for it. */
export function mediaLink(href: string): MediaLink | null {
  const { hostname, pathname } = new URL(href);
  const service = SERVICES.find(([pattern]) => pattern.test(hostname))?.[1];
  if (service) return pathname.length > 1 ? { href, from: service } : null;
  if (!MEDIA_FILE.test(pathname)) return null;
  return { href, from: hostname };
}
