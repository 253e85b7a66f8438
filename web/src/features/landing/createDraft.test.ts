import { describe, expect, it } from 'vitest';
import { type Draft, faultsOf, NEW_DRAFT, passwordFrom, requestFrom } from './createDraft';

const NOW = new Date('2026-11-29T20:00').getTime();
const faults = (part: Partial<Draft>) => faultsOf({ ...NEW_DRAFT, ...part }, NOW);

it('makes a room among friends of an untouched form', () => {
  expect(requestFrom(NEW_DRAFT)).toMatchObject({
    visibility: 'VISIBILITY_UNLISTED',
    guestsForbidden: false,
    maxParticipants: 50,
    playbackControl: 'PLAYBACK_CONTROL_EVERYONE',
    join: { approval: false },
    policy: { wait: 'WAIT_MODE_ALL', handOver: 'HAND_OVER_JOIN_ORDER', stopAtEnd: false },
    queue: { mode: 'QUEUE_MODE_IN_ORDER', skipDisabled: false },
    chat: { disabled: false, slowModeSeconds: 0, linksForbidden: false },
    voice: { disabled: false },
  });
});

it('makes a private room, which no password opens', () => {
  const draft: Draft = { ...NEW_DRAFT, finds: 'invited', password: 'popcorn' };
  expect(requestFrom(draft)).toMatchObject({ visibility: 'VISIBILITY_PRIVATE' });
  expect(passwordFrom(draft)).toBe('');
  expect(passwordFrom({ ...draft, finds: 'link' })).toBe('popcorn');
});

it('starts by itself only where there is a time', () => {
  const request = requestFrom({ ...NEW_DRAFT, autoStart: true, startsAt: '2026-11-29T20:30' });
  expect(request.autoStart).toBe(true);
  expect(requestFrom({ ...NEW_DRAFT, autoStart: true })).not.toHaveProperty('autoStart');
});

it('carries every choice over', () => {
  const request = requestFrom({
    ...NEW_DRAFT,
    approval: true,
    controls: 'owner',
    whenAway: 'moderators',
    queue: 'turns',
    skipVotes: false,
    chat: false,
    slowModeSeconds: 30,
    chatLinks: false,
    voice: false,
  });
  expect(request).toMatchObject({
    join: { approval: true },
    playbackControl: 'PLAYBACK_CONTROL_OWNER_ONLY',
    policy: { handOver: 'HAND_OVER_MODERATORS' },
    queue: { mode: 'QUEUE_MODE_TURNS', skipDisabled: true },
    chat: { disabled: true, slowModeSeconds: 30, linksForbidden: true },
    voice: { disabled: true },
  });
});

it('keeps the password out of the request', () => {
  expect(JSON.stringify(requestFrom({ ...NEW_DRAFT, password: 'popcorn' }))).not.toContain('popcorn');
});

describe('faults', () => {
  it('finds none in an untouched form', () => expect(faults({})).toEqual({}));

  it('bounds people and labels', () => {
    expect(faults({ maxParticipants: 1 })).toHaveProperty('maxParticipants');
    expect(faults({ maxParticipants: Number.NaN })).toHaveProperty('maxParticipants');
    expect(faults({ maxParticipants: 10_000 })).toEqual({});
    expect(faults({ labels: 'a'.repeat(31) })).toHaveProperty('labels');
  });

  it('takes times in the future alone, the end after the start', () => {
    expect(faults({ startsAt: '2026-11-29T19:59' })).toHaveProperty('startsAt');
    expect(faults({ startsAt: '2026-11-29T20:30', endsAt: '2026-11-29T20:10' })).toHaveProperty('endsAt');
    expect(faults({ startsAt: '2026-11-29T20:30', endsAt: '2026-11-29T23:00' })).toEqual({});
  });
});
