import { expect, it } from 'vitest';
import { ApiError, errorFrom, explain, unreachable, waitWords, whyDelayed } from './errors';

it('reads the reason, the fields and the time of a retry', () => {
  const error = errorFrom(429, {
    error: {
      status: 'RESOURCE_EXHAUSTED',
      code: 429,
      message: 'too many calls',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'RATE_LIMITED',
          domain: 'syncwatch',
          metadata: { limit: '10' },
        },
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'url', description: 'is too long' }],
        },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
      ],
      requestId: 'abc',
    },
  });
  expect(error).toMatchObject({
    code: 429,
    reason: 'RATE_LIMITED',
    metadata: { limit: '10' },
    retryAfterMs: 1_500,
    requestId: 'abc',
  });
  expect(error.violations).toEqual([{ field: 'url', description: 'is too long' }]);
});

it('reads bodies of other servers as errors', () => {
  for (const body of [null, 'bad gateway', [], { error: 'x' }, { error: { details: 'x' } }]) {
    const error = errorFrom(502, body);
    expect(error.code).toBe(502);
    expect(explain(error)).not.toBe('');
  }
});

it('explains known reasons, and shows the server’s message for others', () => {
  expect(explain(new ApiError('no', 404, 'ROOM_NOT_FOUND'))).toContain('Check the link');
  expect(explain(new ApiError('the moon is wrong', 409, 'SOMETHING_NEW'))).toBe('The moon is wrong.');
  expect(explain(new TypeError('x is not a function'))).not.toContain('function');
});

it('says which permission is missing, and when to try again', () => {
  expect(explain(new ApiError('no', 403, 'PERMISSION_MISSING', { permission: 'PERMISSION_PLAY_CONTROL' }))).toBe(
    'You can’t control playback in this room. Ask the owner to allow it.',
  );
  expect(explain(new ApiError('no', 403, 'PERMISSION_MISSING'))).toBe(
    'You can’t do this in this room. Ask the owner to allow it.',
  );
  expect(explain(new ApiError('no', 429, 'RATE_LIMITED', {}, [], 4_200))).toContain('in 5 seconds');
  expect(explain(new ApiError('no', 429, 'RATE_LIMITED', { limit: 'rooms', by: 'person' }, [], 719_100))).toBe(
    'You’ve created too many rooms in a short time. Try again in 12 minutes.',
  );
  expect(explain(new ApiError('no', 429, 'RATE_LIMITED', { limit: 'chat', by: 'network' }, [], 900))).toBe(
    'Too many guests on your network are doing this at once. Try again in 1 second.',
  );
  expect(explain(new ApiError('no', 429, 'RATE_LIMITED'))).toContain('a moment');
});

// Case P5.
it('explains each reason for which a command is rejected', () => {
  for (const reason of [
    'STALE_SEQUENCE',
    'ITEM_MISMATCH',
    'NO_ITEM',
    'CONTENDED',
    'NOTHING_TO_UNDO',
    'RECLAIM_OVER',
    'NOT_A_MEMBER',
    'ITEM_NOT_FOUND',
  ]) {
    expect(explain(new ApiError('expected seq 4, the room is at 5', 409, reason))).not.toContain('seq');
  }
});

it('shows a waiting time in a suitable unit', () => {
  expect([1, 11_400, 99_000, 100_000, 7_200_000].map(waitWords)).toEqual([
    '1 second',
    '12 seconds',
    '99 seconds',
    '2 minutes',
    '2 hours',
  ]);
  const error = new ApiError('no', 409, 'RATE_LIMITED', { limit: 'chat', by: 'person' }, [], 12_000);
  expect(whyDelayed(error, 11_400)).toBe('You’re sending messages too quickly. Your next one is sent in 12 seconds.');
});

// Case P5.
it('says what happened and what to do', () => {
  expect(explain(new ApiError('no', 401, 'WRONG_CREDENTIALS'))).toBe(
    'Wrong name or password. Check both, then try again.',
  );
  expect(explain(unreachable())).toBe('Can’t reach the server. Check your connection, then try again.');
});
