// Messages over the film: case P2.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { hears, pair, pressPlay, say } from '../lib/room.mjs';

test('with the panel hidden messages stand over the film, and / opens a field there', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await mia.locator('body').press('t');
  await mia.getByRole('tab', { name: /Chat/ }).waitFor({ state: 'detached' });
  await say(host, 'can you see this?');
  await mia.getByRole('list', { name: 'Chat over the film' }).getByText('can you see this?').waitFor();
  await mia.locator('body').press('/');
  await mia.getByRole('textbox', { name: 'Message, over the film' }).waitFor();
  await mia.keyboard.type('yes k');
  await mia.keyboard.press('Enter');
  await hears(host, 'yes k');
  await mia.keyboard.press('Escape');
  await mia.getByRole('textbox', { name: 'Message, over the film' }).waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});

test('danmaku is a choice, takes no press, and leaves with reduced motion', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await mia.getByRole('button', { name: 'Chat options' }).click();
  await mia.getByRole('menuitemcheckbox', { name: /Messages fly over the film/ }).click();
  await mia.keyboard.press('Escape');
  await pressPlay(host);
  await mia.waitForFunction(() => document.querySelector('video')?.paused === false);
  await say(host, 'whoosh');
  const flying = mia.getByTestId('danmaku').getByText('whoosh');
  await flying.waitFor({ state: 'attached' });
  // It moves by the compositor alone: its element is given one animation, and nothing else.
  const facts = await flying.evaluate((element) => ({
    animations: element.getAnimations().length,
    takesPresses: getComputedStyle(element).pointerEvents !== 'none',
    bottom: element.getBoundingClientRect().bottom / innerHeight,
  }));
  assert.deepEqual({ ...facts, bottom: facts.bottom < 0.65 }, { animations: 1, takesPresses: false, bottom: true });
  await mia.emulateMedia({ reducedMotion: 'reduce' });
  await mia.getByTestId('danmaku').waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});
