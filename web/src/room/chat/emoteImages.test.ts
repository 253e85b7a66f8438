import { expect, it } from 'vitest';
import { EmoteImages } from './emoteImages';

it('reads an image once for each digest, and again after a failure', async () => {
  const asked: string[] = [];
  let fails = true;
  const images = new EmoteImages('room_1', async (_room, name) => {
    asked.push(name);
    if (fails) throw new Error('offline');
    return `data:${name}`;
  });
  expect(await images.of('pop', 'a')).toBe('');
  fails = false;
  expect(await images.of('pop', 'a')).toBe('data:pop');
  expect(await images.of('pop', 'a')).toBe('data:pop');
  expect(await images.of('pop', 'b')).toBe('data:pop');
  expect(asked).toEqual(['pop', 'pop', 'pop']);
});
