// Instants in words, in the language of the interface and the time zone of this device.

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY_AND_TIME = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
});

/** An instant of ProtoJSON in ms; null when there is none. */
export function instantMs(timestamp: string | undefined): number | null {
  const ms = Date.parse(timestamp ?? '');
  return Number.isFinite(ms) ? ms : null;
}

/** "20:15" for an instant within 24 hours from now, else "Friday 4 December at 20:15". */
export function at(ms: number, nowMs: number): string {
  return Math.abs(ms - nowMs) < DAY_MS ? TIME.format(ms) : DAY_AND_TIME.format(ms).replace(',', '');
}

/** "at 20:15" for an instant within 24 hours from now, else "on Friday 4 December at 20:15". */
export function when(ms: number, nowMs: number): string {
  return `${Math.abs(ms - nowMs) < DAY_MS ? 'at' : 'on'} ${at(ms, nowMs)}`;
}

/** "5 minutes ago", "at 20:15", "on Friday 4 December at 20:15". */
export function ago(ms: number, nowMs: number): string {
  const passed = nowMs - ms;
  if (passed < MINUTE_MS) return 'just now';
  if (passed < HOUR_MS) return `${plural(Math.floor(passed / MINUTE_MS), 'minute')} ago`;
  return when(ms, nowMs);
}

/** How long something lasts, rounded up: "40 seconds", "12 minutes", "30 hours", "3 days". */
export function span(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 60) return plural(seconds, 'second');
  if (ms <= HOUR_MS) return plural(Math.ceil(ms / MINUTE_MS), 'minute');
  if (ms <= 2 * DAY_MS) return plural(Math.ceil(ms / HOUR_MS), 'hour');
  return plural(Math.ceil(ms / DAY_MS), 'day');
}

/** A countdown: "2 d 03:04:05", "03:04:05", "04:05". */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) % 24;
  const two = (n: number) => String(n).padStart(2, '0');
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days > 0) return `${days} d ${two(hours)}:${clock}`;
  return hours > 0 ? `${two(hours)}:${clock}` : clock;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** "Mia", "Mia and Ben", "Mia, Ben and 3 others". */
export function names(known: readonly string[], total = known.length): string {
  const shown = known.slice(0, 3);
  const rest = total - shown.length;
  const parts = rest > 0 ? [...shown, rest === 1 ? 'one other' : `${rest} others`] : shown;
  const last = parts.at(-1) ?? '';
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : last;
}
