import { newId } from '../api/ids';

const KEY = 'syncwatch.deviceId';

/** A random id of this browser, kept: a ban from a room holds for it, whatever name one takes. */
export function deviceId(): string {
  const kept = localStorage.getItem(KEY);
  if (kept && /^[0-9A-Za-z_-]{16,64}$/.test(kept)) return kept;
  const made = newId();
  localStorage.setItem(KEY, made);
  return made;
}
