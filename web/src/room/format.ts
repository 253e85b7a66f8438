// Times and distances in words.

/** 75 000 ms as 1:15, 3 675 000 ms as 1:01:15. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const two = (n: number) => n.toString().padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** −12 ms, +1.3 s. */
export function signedMs(ms: number): string {
  const rounded = Math.round(ms);
  const sign = rounded > 0 ? '+' : rounded < 0 ? '−' : '';
  const size = Math.abs(rounded);
  return size >= 1000 ? `${sign}${(Math.abs(ms) / 1000).toFixed(1)} s` : `${sign}${size} ms`;
}

/** 0.4 ms, 12 ms, 1.2 s. */
export function shortMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

export { msFromUs } from '../sync/motion';

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** 512 bytes, 640 KB, 3.1 GB. A unit is 1,024 of the one before, as in the limits of the server: 8 GiB is "8 GB". */
export function bytes(count: number): string {
  let value = Math.max(0, count);
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 && value.toFixed(1) !== `${Math.round(value)}.0` ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
