import { expect, it } from 'vitest';
import { ago, countdown, names, span } from './when';

const NOW = Date.parse('2026-11-29T12:00:00Z');

it('says how long something still lasts, rounded up', () => {
  expect(span(400)).toBe('1 second');
  expect(span(59_001)).toBe('1 minute');
  expect(span(61_000)).toBe('2 minutes');
  expect(span(3_600_000)).toBe('60 minutes');
  expect(span(3_600_001)).toBe('2 hours');
  expect(span(90_000_000)).toBe('25 hours');
  expect(span(180_000_000)).toBe('3 days');
});

it('says how long ago something was', () => {
  expect(ago(NOW - 5_000, NOW)).toBe('just now');
  expect(ago(NOW - 61_000, NOW)).toBe('1 minute ago');
  expect(ago(NOW - 40 * 60_000, NOW)).toBe('40 minutes ago');
  expect(ago(NOW - 2 * 3_600_000, NOW)).toMatch(/^at \d\d:\d\d$/);
  expect(ago(NOW - 3 * 86_400_000, NOW)).toMatch(/^on \w+ \d+ November at \d\d:\d\d$/);
});

it('counts down', () => {
  expect(countdown(61_000)).toBe('01:01');
  expect(countdown(3_661_000)).toBe('01:01:01');
  expect(countdown(2 * 86_400_000 + 1_000)).toBe('2 d 00:00:01');
  expect(countdown(-5)).toBe('00:00');
});

it('names people, and counts those it does not name', () => {
  expect(names(['Mia'])).toBe('Mia');
  expect(names(['Mia', 'Ben'])).toBe('Mia and Ben');
  expect(names(['Mia', 'Ben', 'Ada'], 6)).toBe('Mia, Ben, Ada and 3 others');
  expect(names(['Mia'], 2)).toBe('Mia and one other');
  expect(names([])).toBe('');
});
