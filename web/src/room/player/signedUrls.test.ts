import { expect, it, vi } from 'vitest';
import { World } from '../../sync/simulation.testkit';
import { SignedUrls } from './signedUrls';

function made() {
  const world = new World();
  const request = vi.fn((itemId: string) => Promise.resolve({ url: `/requested/${itemId}` }));
  const urls = new SignedUrls({ timer: world, nowMs: () => world.nowMs, request });
  return { world, request, urls };
}

const update = (itemId: string) => ({ itemId, info: { url: `/sent/${itemId}` } });

it('uses the URL that the server sends, before or soon after it is needed', async () => {
  const { urls, request } = made();
  urls.take(update('one'));
  expect(await urls.of('one', true)).toEqual({ url: '/sent/one' });
  const two = urls.of('two', true);
  urls.take(update('two'));
  expect(await two).toEqual({ url: '/sent/two' });
  expect(request).not.toHaveBeenCalled();
});

it('requests the URL when the server sends none, or that of another item', async () => {
  const { urls, request, world } = made();
  const one = urls.of('one', true);
  urls.take(update('another'));
  await world.pass(399);
  expect(request).not.toHaveBeenCalled();
  await world.pass(2);
  expect(await one).toEqual({ url: '/requested/one' });
  await urls.of('one', true);
  expect(request, 'it does not wait a second time').toHaveBeenCalledTimes(2);
});

it('requests the URL of another item at once', async () => {
  const { urls } = made();
  expect(await urls.of('later', false)).toEqual({ url: '/requested/later' });
});

it('requests a new URL for one that is old or does not work', async () => {
  const { urls, world } = made();
  urls.take(update('one'));
  await world.pass(31_000);
  expect(await urls.of('one', true)).toEqual({ url: '/requested/one' });
  urls.take(update('one'));
  urls.drop();
  expect(await urls.of('one', true)).toEqual({ url: '/requested/one' });
});
