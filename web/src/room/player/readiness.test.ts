import { expect, it, vi } from 'vitest';
import { ApiError } from '../../api/errors';
import { World } from '../../sync/simulation.testkit';
import { Readiness } from './readiness';

const notYet = (retryAfterMs: number | null = 2_000) =>
  new ApiError('not yet', 503, 'MEDIA_NOT_READY', {}, [], retryAfterMs);

function made() {
  const world = new World();
  const shown: [string, number | null][] = [];
  const wanted = new Set(['film']);
  const readiness = new Readiness({
    timer: world,
    nowMs: () => world.nowMs,
    isWanted: (itemId) => wanted.has(itemId),
    changed: (...news) => shown.push(news),
  });
  const request = vi.fn(() => Promise.resolve({ url: '/film' }));
  return { world, shown, wanted, readiness, request };
}

it('asks again when the server says so, and shows when that is', async () => {
  const { world, shown, readiness, request } = made();
  request.mockRejectedValueOnce(notYet()).mockRejectedValueOnce(notYet(null));
  const startMs = world.nowMs;
  const info = readiness.of('film', request);
  await world.pass(1_990);
  expect(request).toHaveBeenCalledTimes(1);
  await world.pass(20);
  expect(request).toHaveBeenCalledTimes(2);
  await world.pass(3_010);
  expect(await info).toEqual({ url: '/film' });
  expect(shown[0]).toEqual(['film', startMs + 2_000]);
  expect(shown.at(-1)).toEqual(['film', null]);
});

it('asks at once when there is news of the item', async () => {
  const { readiness, request, world } = made();
  request.mockRejectedValueOnce(notYet(20_000));
  const info = readiness.of('film', request);
  await world.pass(1);
  readiness.nudge('another');
  expect(request).toHaveBeenCalledTimes(1);
  readiness.nudge('film');
  expect(await info).toEqual({ url: '/film' });
});

it('asks again at once when the news came during the request', async () => {
  const { readiness, request } = made();
  request.mockImplementationOnce(() => {
    const refused = Promise.reject(notYet(20_000));
    queueMicrotask(() => readiness.nudge('film'));
    return refused;
  });
  expect(await readiness.of('film', request)).toEqual({ url: '/film' });
  expect(request).toHaveBeenCalledTimes(2);
});

it('gives up with other errors, and when the room is on another item', async () => {
  const { readiness, request, world, wanted, shown } = made();
  const failed = new ApiError('no', 409, 'MEDIA_FAILED');
  request.mockRejectedValueOnce(failed);
  await expect(readiness.of('film', request)).rejects.toBe(failed);
  request.mockRejectedValue(notYet());
  const info = readiness.of('film', request);
  const outcome = expect(info).rejects.toMatchObject({ reason: 'MEDIA_NOT_READY' });
  await world.pass(1);
  wanted.clear();
  await world.pass(2_100);
  await outcome;
  expect(request).toHaveBeenCalledTimes(2);
  expect(shown.at(-1)).toEqual(['film', null]);
});
