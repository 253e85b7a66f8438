import { expect, it } from 'vitest';
import type { Stop } from './stop';
import { stopText, whenAgain } from './stopWords';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const STOP: Stop = { why: 'cooldown', untilMs: NOW + 240_000, by: 'Mia', note: 'Spoilers', capacity: 0, error: null };

// Case W1.
it('says who, why and until when', () => {
  expect(stopText(STOP, 'Film club', NOW)).toBe('Mia removed you from “Film club”. They wrote: “Spoilers”');
  expect(whenAgain(STOP, NOW)).toMatch(/^You can join again in 4 minutes, at \d\d:\d\d\.$/);
  expect(whenAgain(STOP, NOW + 240_000)).toBe('');
});

it('promises nothing to whoever is banned', () => {
  const ban: Stop = { ...STOP, why: 'banned', note: '' };
  expect(stopText(ban, '', NOW)).toMatch(/^Mia banned you from this room until \d\d:\d\d\.$/);
  expect(stopText({ ...ban, by: '', untilMs: null }, '', NOW)).toBe('A moderator banned you from this room.');
  expect(whenAgain(ban, NOW)).toBe('');
});

it('says how many a room takes', () => {
  expect(stopText({ ...STOP, why: 'full', capacity: 2 }, '', NOW)).toBe(
    'All 2 places are taken. Try again when someone has left.',
  );
});
