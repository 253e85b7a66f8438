// The text of a message, in the unit that both sides count: Unicode scalar values after NFC.

/** NFC; a lone surrogate, which is no character, becomes U+FFFD. */
export function normalized(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\uFFFD').normalize('NFC');
}

/** The length that the limit of a message counts. Four family members joined to one emoji are seven. */
export function scalarCount(text: string): number {
  let count = 0;
  for (const _ of normalized(text)) count += 1;
  return count;
}

/** Scalar values before a UTF-16 index. */
export function scalarsBefore(text: string, index: number): number {
  return Array.from(text.slice(0, index)).length;
}

/** The part of a text between two scalar indices. */
export function sliceScalars(text: string, start: number, end?: number): string {
  return Array.from(text).slice(start, end).join('');
}

/** White space at both ends is not sent. */
export function asSent(text: string): string {
  return normalized(text).trim();
}
