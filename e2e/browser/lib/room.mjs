// Actions of people in rooms.

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page @returns {Promise<string>} the invite link */
export async function makeRoom(page) {
  await page.goto('/');
  await page.getByRole('button', { name: 'Create a room' }).click();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('button', { name: 'Invite' }).click();
  const link = await page.getByLabel('Anyone with this link can join').inputValue();
  await page.keyboard.press('Escape');
  return link;
}

/** @param {Page} page @param {string} link @param {string} name */
export async function joinAsGuest(page, link, name) {
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByRole('tab', { name: /Chat/ }).waitFor();
}

/** Adds the test film, which is paused at its start then. @param {Page} page */
export async function addTestFilm(page) {
  await page.getByRole('main').getByRole('button', { name: 'Use the test film' }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
}

/** @param {Page} page @param {string} link */
export async function addFilmByLink(page, link) {
  const main = page.getByRole('main');
  await main.getByLabel('Link to a video').fill(link);
  await main.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
}

/** @param {Page} page */
export async function pressPlay(page) {
  await page.getByRole('button', { name: 'Play', exact: true }).click();
}

/** Moves the pointer, because the controls are hidden while a film plays. @param {Page} page */
export async function showControls(page) {
  const box = await page.locator('video').boundingBox();
  if (!box) throw new Error('the video has no place on the page');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3 + 5);
}

/**
 * Presses a button of the bars over the film. They hide while the film plays and the pointer rests, which on a busy machine
 * may happen between the move of the pointer and the press: then both are done again.
 * @param {Page} page @param {string | RegExp} name
 */
export async function pressOverFilm(page, name) {
  const button = page.getByRole('button', { name, exact: true });
  const deadline = Date.now() + 20_000;
  for (;;) {
    await page.mouse.move(200, 200);
    await page.mouse.move(204, 204);
    try {
      await button.click({ timeout: 2_000 });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** @param {Page} page @param {string} what */
export async function openFromMenu(page, what) {
  await pressOverFilm(page, 'More');
  await page.getByRole('menuitem', { name: what }).click();
}

/** @param {Page} page @param {string} text */
export async function say(page, text) {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
}

/** @param {Page} page @param {string} text */
export async function hears(page, text) {
  await page.getByRole('log', { name: 'Chat' }).getByText(text, { exact: true }).waitFor();
}

/** @param {Page} page @param {'moves' | 'stands'} what */
export async function untilFilm(page, what) {
  await page.waitForFunction(
    ([moves]) => {
      const video = document.querySelector('video');
      return (
        video !== null &&
        video.readyState >= 2 &&
        !video.seeking &&
        video.paused !== moves &&
        (!moves || video.currentTime > 0)
      );
    },
    [what === 'moves'],
    { polling: 50 },
  );
}

/** @param {Page} page @returns {Promise<number>} seconds */
export function filmPosition(page) {
  return page.evaluate(() => document.querySelector('video')?.currentTime ?? Number.NaN);
}

/** Waits until all pages show the film at the same position. @param {Page[]} pages @param {number} tolerance seconds */
export async function untilTogether(pages, tolerance) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const places = await Promise.all(pages.map(filmPosition));
    if (Math.max(...places) - Math.min(...places) <= tolerance) return places;
    if (Date.now() > deadline)
      throw new Error(`after 15 s the films still stand apart: ${places.map((p) => p.toFixed(3)).join(', ')} s`);
    await pages[0].waitForTimeout(50);
  }
}

/** Waits until the film is at a position. @param {Page} page @param {number} seconds @param {number} [tolerance] */
export async function untilFilmAt(page, seconds, tolerance = 0.06) {
  await page.waitForFunction(
    ([at, within]) => {
      const video = document.querySelector('video');
      return video !== null && !video.seeking && Math.abs(video.currentTime - at) <= within;
    },
    [seconds, tolerance],
    { polling: 50 },
  );
}

/**
 * Two people in a room whose film is paused at its start.
 * @param {(name: string) => Promise<Page>} open
 */
export async function pair(open) {
  const host = await open('host');
  const link = await makeRoom(host);
  await addTestFilm(host);
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  await untilFilmAt(mia, 0);
  return { host, mia, link };
}

/** Chooses the room's speed. @param {Page} page @param {string} rate */
export async function chooseSpeed(page, rate) {
  await pressOverFilm(page, 'Playback options');
  await page.getByLabel('Speed, for everyone').selectOption(rate);
  await page.keyboard.press('Escape');
}
