// Case M35: a film whose sound the browser cannot play says so, and what to do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { serveFolder } from '../lib/folderHost.mjs';
import { numberedFilms } from '../lib/numberedFilms.mjs';
import { addFilmByLink, makeRoom, pressPlay, untilFilm } from '../lib/room.mjs';

const SOUNDS = [
  { name: 'AC-3', sound: ['-c:a', 'ac3'] },
  { name: 'E-AC-3', sound: ['-c:a', 'eac3'] },
  { name: 'DTS', sound: ['-c:a', 'dca', '-strict', '-2'] },
];

for (const { name, sound } of SOUNDS)
  test(`a link to an mp4 with ${name} plays its picture, and says why nothing is heard`, async (t) => {
    const { open, faults } = await people(t);
    const films = await numberedFilms(t);
    films.film('film.mp4', { seconds: 12, sound, more: ['-movflags', '+faststart'] });
    const { url } = await serveFolder(t, films.folder);
    const page = await open('host');
    await makeRoom(page);
    await addFilmByLink(page, `${url}/film.mp4`);
    await pressPlay(page);
    await untilFilm(page, 'moves');
    const words = `This browser can’t play the sound of this video (${name}). Upload the file instead, which converts it.`;
    await page.getByText(words, { exact: true }).waitFor();
    assert.deepEqual(faults, []);
  });
