import { normalizePassword } from '../../api/opaque';

/** Limits of `RegisterRequest.password`, in characters. */
export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 256;

/** Why a new password is not accepted; null: it is, as far as this page can check. */
export function passwordFault(typed: string): string | null {
  const length = Array.from(normalizePassword(typed)).length;
  if (length < MIN_PASSWORD) return `Use at least ${MIN_PASSWORD} characters. A few random words work best.`;
  if (length > MAX_PASSWORD) return `Use at most ${MAX_PASSWORD} characters.`;
  return null;
}
