// Case P9: a backdrop filter costs half a core in software rendering. So only small elements over the film have one, and
// only while they are shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { openFromMenu, pair, pressPlay, showControls, untilFilm } from '../lib/room.mjs';

/** Largest share of the film behind filters. */
const MOST_OF_FILM = 0.25;

/** The elements with a backdrop filter. @param {import('playwright-core').Page} page */
function filtered(page) {
  return page.evaluate(() => {
    const film = document.querySelector('video')?.getBoundingClientRect();
    if (!film) throw new Error('there is no film');
    const found = [];
    for (const element of document.querySelectorAll('*')) {
      for (const part of ['', '::before', '::after', '::backdrop']) {
        if (getComputedStyle(element, part || null).backdropFilter === 'none') continue;
        const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
        const overFilm =
          part === '' && left >= film.left && top >= film.top && right <= film.right && bottom <= film.bottom;
        found.push({
          what: `${element.tagName}${part} ${element.className}`,
          overFilm,
          share: (width * height) / (film.width * film.height),
        });
      }
    }
    return found;
  });
}

test('only elements over the film have a backdrop filter, and only while they are shown', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  // Browsers of tests draw with the processor, and go without filters for that.
  await host.addInitScript(() => {
    WebGLRenderingContext.prototype.getParameter = () => 'a graphics card';
  });
  await host.reload();
  await untilFilm(host, 'stands');
  await pressPlay(host);
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);

  // The controls hide again after a moment, which may be over before they are looked at. A machine that drops frames goes
  // without filters, by itself.
  const hasEffects = () => host.evaluate(() => document.documentElement.dataset.effects === 'full');
  let shown = await filtered(host);
  for (let looks = 0; shown.length === 0 && looks < 20 && (await hasEffects()); looks += 1) {
    await showControls(host);
    shown = await filtered(host);
  }
  assert.ok(shown.length > 0 || !(await hasEffects()), 'the controls over the film have their glass');
  await showControls(mia);
  assert.deepEqual(await filtered(mia), [], 'without a graphics card there are no filters');
  assert.deepEqual(
    shown.filter(({ overFilm }) => !overFilm),
    [],
  );
  const share = shown.reduce((sum, one) => sum + one.share, 0);
  assert.ok(share <= MOST_OF_FILM, `${Math.round(share * 100)} % of the film lies behind a filter`);

  // The pointer rests, so the controls hide, and so does the message about the start.
  await host.locator('.resting').waitFor({ state: 'attached' });
  await host.getByRole('status').getByText('You pressed play').waitFor({ state: 'detached' });
  assert.deepEqual(await filtered(host), []);

  for (const dialog of ['Room settings', 'This device', 'Keyboard shortcuts']) {
    await openFromMenu(host, dialog);
    await host.getByRole('dialog', { name: dialog }).waitFor();
    assert.deepEqual(
      (await filtered(host)).filter(({ overFilm }) => !overFilm),
      [],
    );
    await host.keyboard.press('Escape');
  }
  assert.deepEqual(faults, []);
});
