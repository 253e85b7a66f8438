// A pasted list of links.
import { looksLikeLink } from './source';

/** More are not taken from one paste. */
export const MAX_LINKS = 500;
/** As many as one call takes. */
export const LINKS_A_CALL = 50;

export interface PastedLinks {
  links: readonly string[];
  /** How many more there were. */
  left: number;
}

/** The links of a text, one after the other, each once. */
export function linksIn(text: string): PastedLinks {
  const found = new Set<string>();
  for (const word of text.split(/\s+/)) if (word.length <= 2_048 && looksLikeLink(word)) found.add(word);
  const links = [...found];
  return { links: links.slice(0, MAX_LINKS), left: Math.max(0, links.length - MAX_LINKS) };
}

export function inCalls<T>(list: readonly T[]): T[][] {
  const calls = [];
  for (let at = 0; at < list.length; at += LINKS_A_CALL) calls.push(list.slice(at, at + LINKS_A_CALL));
  return calls;
}
