import { describe, expect, it } from 'vitest';
import { type Draft, faultsOf, labelsOf, NEW_DRAFT, requestFrom } from './createDraft';

const NOW = new Date('2026-11-29T20:00').getTime();
const faults = (part: Partial<Draft>) => faultsOf({ ...NEW_DRAFT, ...part }, NOW);

it('makes a room among friends of an untouched form', () => {
  expect(requestFrom(NEW_DRAFT)).toMatchObject({
    visibility: 'VISIBILITY_UNLISTED',
    guestsForbidden: false,
    maxParticipants: 50,
  });
});

it('takes labels apart, each once', () => {
  expect(labelsOf(' Horror, #horror ,80s,, Late night ')).toEqual(['horror', '80s', 'late night']);
});

describe('faults', () => {
  it('finds none in an untouched form', () => expect(faults({})).toEqual({}));

  it('bounds people and labels', () => {
    expect(faults({ maxParticipants: 1 })).toHaveProperty('maxParticipants');
    expect(faults({ maxParticipants: Number.NaN })).toHaveProperty('maxParticipants');
    expect(faults({ maxParticipants: 10_000 })).toEqual({});
    expect(faults({ labels: 'a'.repeat(31) })).toHaveProperty('labels');
    expect(faults({ labels: Array.from({ length: 11 }, (_, n) => `l${n}`).join() })).toHaveProperty('labels');
  });

  it('takes times in the future alone, the end after the start', () => {
    expect(faults({ startsAt: '2026-11-29T19:59' })).toHaveProperty('startsAt');
    expect(faults({ startsAt: '2026-11-29T20:30', endsAt: '2026-11-29T20:10' })).toHaveProperty('endsAt');
    expect(faults({ startsAt: '2026-11-29T20:30', endsAt: '2026-11-29T23:00' })).toEqual({});
  });
});
