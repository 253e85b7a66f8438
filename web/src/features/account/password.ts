/** Limits of `RegisterRequest.password`, in characters. */
export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 256;

/**
 * Normalizes a password for OPAQUE to NFC: keyboards send `ñ` as one character or as two, and the record depends on the
 * bytes. Not NFKC: `Ａ` (U+FF21) stays different from `A`. Nothing is trimmed. The server does the same with passwords
 * that it gets.
 */
export function normalizePassword(typed: string): string {
  return typed.normalize('NFC');
}

/** Why a new password is not accepted; null: it is, as far as this page can check. */
export function passwordFault(typed: string): string | null {
  const length = Array.from(normalizePassword(typed)).length;
  if (length < MIN_PASSWORD) return `Use at least ${MIN_PASSWORD} characters. A few random words work best.`;
  if (length > MAX_PASSWORD) return `Use at most ${MAX_PASSWORD} characters.`;
  return null;
}
