import { expect, it, vi } from 'vitest';
import { World } from '../../sync/simulation.testkit';
import { Links } from './links';

function made() {
  const world = new World();
  const ask = vi.fn((itemId: string) => Promise.resolve({ url: `/asked/${itemId}` }));
  const links = new Links({ timer: world, nowMs: () => world.nowMs, ask });
  return { world, ask, links };
}

const told = (itemId: string) => ({ itemId, info: { url: `/told/${itemId}` } });

it('uses the URL that the server sends, before or soon after it is needed', async () => {
  const { links, ask } = made();
  links.tell(told('one'));
  expect(await links.of('one', true)).toEqual({ url: '/told/one' });
  const two = links.of('two', true);
  links.tell(told('two'));
  expect(await two).toEqual({ url: '/told/two' });
  expect(ask).not.toHaveBeenCalled();
});

it('requests the URL when the server sends none, or that of another item', async () => {
  const { links, ask, world } = made();
  const one = links.of('one', true);
  links.tell(told('another'));
  await world.pass(399);
  expect(ask).not.toHaveBeenCalled();
  await world.pass(2);
  expect(await one).toEqual({ url: '/asked/one' });
  await links.of('one', true);
  expect(ask, 'it does not wait a second time').toHaveBeenCalledTimes(2);
});

it('requests the URL of another item at once', async () => {
  const { links } = made();
  expect(await links.of('later', false)).toEqual({ url: '/asked/later' });
});

it('requests a new URL for one that is old or does not work', async () => {
  const { links, world } = made();
  links.tell(told('one'));
  await world.pass(31_000);
  expect(await links.of('one', true)).toEqual({ url: '/asked/one' });
  links.tell(told('one'));
  links.distrust();
  expect(await links.of('one', true)).toEqual({ url: '/asked/one' });
});
