import { expect, it } from 'vitest';
import { ApiError, errorFrom, explain } from './errors';

it('reads the reason, the fields and when to try again', () => {
  const error = errorFrom(429, {
    error: {
      status: 'RESOURCE_EXHAUSTED',
      code: 429,
      message: 'too many calls',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RATE_LIMITED', domain: 'syncwatch', metadata: { limit: '10' } },
        { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'url', description: 'is too long' }] },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
      ],
      requestId: 'abc',
    },
  });
  expect(error).toMatchObject({ code: 429, reason: 'RATE_LIMITED', metadata: { limit: '10' }, retryAfterMs: 1_500, requestId: 'abc' });
  expect(error.violations).toEqual([{ field: 'url', description: 'is too long' }]);
});

it('makes an error of bodies that are none of ours', () => {
  for (const body of [null, 'bad gateway', [], { error: 'x' }, { error: { details: 'x' } }]) {
    const error = errorFrom(502, body);
    expect(error.code).toBe(502);
    expect(explain(error)).not.toBe('');
  }
});

it('says what to do where it knows, and what the server said elsewhere', () => {
  expect(explain(new ApiError('no', 404, 'ROOM_NOT_FOUND'))).toContain('Check the link');
  expect(explain(new ApiError('the moon is wrong', 409, 'SOMETHING_NEW'))).toBe('The moon is wrong.');
  expect(explain(new TypeError('x is not a function'))).not.toContain('function');
});
