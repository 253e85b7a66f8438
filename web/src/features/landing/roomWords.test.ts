import { describe, expect, it } from 'vitest';
import { accessWords, hereWords, placeWords, spanWords } from './roomWords';

const NOW = Date.parse('2026-11-29T20:00:00Z');
const minutesAgo = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

describe('what is said of a room', () => {
  it('goes on with a film that plays, at its speed', () => {
    const live = { itemTitle: 'Owls', playing: true, positionUs: '600000000', positionAt: minutesAgo(2), rate: 1.5 };
    expect(placeWords({ live }, NOW)).toBe('Owls · 13 min in');
    expect(placeWords({ live: { ...live, durationUs: '660000000' } }, NOW)).toBe('Owls · 11 min in');
  });

  it('stays where a film is paused', () => {
    const live = { itemTitle: 'Owls', positionUs: '600000000', positionAt: minutesAgo(50) };
    expect(placeWords({ live }, NOW)).toBe('Owls · paused');
  });

  it('tells when it begins', () => {
    expect(placeWords({ room: { startsAt: minutesAgo(-4) } }, NOW)).toBe('starts in 4 min');
    expect(placeWords({ room: { startsAt: minutesAgo(4) } }, NOW)).toBe('');
  });

  it('counts who is there, and says nothing of nobody', () => {
    expect(hereWords({ presentCount: 1_200 })).toBe('1,200 here');
    expect(hereWords({})).toBe('');
  });

  it('says what is in the way', () => {
    expect(accessWords('ACCESS_STATE_JOIN')).toBe('');
    expect(accessWords('ACCESS_STATE_FULL')).toBe('Full');
    expect(accessWords(undefined)).toBe('');
  });

  it('puts a span in words', () => {
    expect([20_000, 42 * 60_000, 90 * 60_000, 72 * 3_600_000].map(spanWords)).toEqual([
      '1 min',
      '42 min',
      '2 h',
      '3 days',
    ]);
  });
});
