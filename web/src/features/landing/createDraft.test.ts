import { describe, expect, it } from 'vitest';
import { type Draft, faultsOf, labelsOf, NEW_DRAFT, requestFrom } from './createDraft';

const faults = (part: Partial<Draft>) => faultsOf({ ...NEW_DRAFT, ...part });

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
});
