import { expect, it } from 'vitest';
import { read } from './chatSettings';

it.each([null, 'x', '7', '{"isDanmaku":"yes"}'])('takes its defaults from %s', (stored) => {
  expect(read(stored)).toMatchObject({ isOverFilm: true, isDanmaku: false, hasSound: false });
});

it('takes what was chosen', () => {
  expect(read('{"isOverFilm":false,"isDanmaku":true}')).toMatchObject({ isOverFilm: false, isDanmaku: true });
});
