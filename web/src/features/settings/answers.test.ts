import { expect, it } from 'vitest';
import { fromLocalInput, joinOptions, limitSeconds, localInput, waitFor, whenAway, whoJoins } from './answers';

it('reads who can join', () => {
  expect(whoJoins({})).toBe('link');
  expect(whoJoins({ join: { approval: true } })).toBe('approval');
  expect(whoJoins({ join: { approval: true, passwordSet: true } })).toBe('password');
});

it('offers a private room what can open it', () => {
  const values = (room: Parameters<typeof joinOptions>[0]) =>
    joinOptions(room, whoJoins(room)).map(({ value, label }) => [value, label]);
  expect(values({ visibility: 'VISIBILITY_PRIVATE' })).toEqual([
    ['link', 'Only who is invited'],
    ['approval', 'Others can ask to come in'],
  ]);
  expect(values({ visibility: 'VISIBILITY_PRIVATE', join: { passwordSet: true } })).toHaveLength(3);
  expect(values({})[0]).toEqual(['link', 'Anyone with the link']);
  expect(values({})).toHaveLength(3);
});

it('fills in the defaults of the contract', () => {
  expect(waitFor(undefined)).toBe('all');
  expect(waitFor({ wait: 'WAIT_MODE_QUORUM' })).toBe('part');
  expect(limitSeconds({})).toBe(5);
  expect(limitSeconds({ waitLimitMs: 60_000 })).toBe(60);
  expect(whenAway({})).toBe('order');
  expect(whenAway({ handOver: 'HAND_OVER_MODERATORS' })).toBe('moderators');
});

it('reads and writes a time in the zone of this device', () => {
  const text = localInput('2026-12-24T20:15:00Z');
  expect(text).toMatch(/^2026-12-2\dT\d\d:\d\d$/);
  expect(fromLocalInput(text)).toBe('2026-12-24T20:15:00.000Z');
  expect(localInput(undefined)).toBe('');
  expect(fromLocalInput('')).toBeNull();
});
