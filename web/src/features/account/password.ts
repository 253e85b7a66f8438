/** As the contract of `Register` has it, in characters. */
export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 256;

/**
 * A password as OPAQUE takes it: in NFC, since keyboards spell `ñ` as one character or as two and the record is made from
 * the bytes. NFC and not NFKC: `Ａ` (U+FF21) stays another letter than `A`. Nothing is trimmed or cut. The server does the
 * same with passwords that it is sent.
 */
export function normalizePassword(typed: string): string {
  return typed.normalize('NFC');
}

/** What is wrong with a new password; null: nothing that can be said here. */
export function passwordFault(typed: string): string | null {
  const length = Array.from(normalizePassword(typed)).length;
  if (length < MIN_PASSWORD) return `Use at least ${MIN_PASSWORD} characters. A few random words work best.`;
  if (length > MAX_PASSWORD) return `Use at most ${MAX_PASSWORD} characters.`;
  return null;
}
