// Messages over the film: case P2.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { field, witness } from '../lib/chat.mjs';
import { hears, pair, pressPlay, say } from '../lib/room.mjs';

test('with the panel hidden messages stand over the film, and / opens a field there', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await field(mia).fill('half a thought');
  await field(mia).press('Escape');
  await mia.locator('body').press('t');
  await mia.getByRole('tab', { name: /Chat/ }).waitFor({ state: 'detached' });
  const seen = await witness(mia, '[aria-label="Chat over the film"] li', 'can you see this?');
  await say(host, 'can you see this?');
  await seen();
  await mia.locator('body').press('/');
  await mia.getByRole('textbox', { name: 'Message, over the film' }).waitFor();
  await mia.keyboard.type('yes k');
  await mia.keyboard.press('Enter');
  await hears(host, 'yes k');
  await mia.keyboard.press('Escape');
  await mia.getByRole('textbox', { name: 'Message, over the film' }).waitFor({ state: 'detached' });
  // The panel comes back as it was left.
  await say(host, 'and this?');
  await mia.mouse.move(300, 300);
  await mia.getByRole('button', { name: 'Show the side panel, new messages' }).click();
  await hears(mia, 'and this?');
  assert.equal(await field(mia).inputValue(), 'half a thought');
  assert.deepEqual(faults, []);
});

test('in full screen messages stand over the film, while the panel is out of view', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  assert.equal(await mia.getByRole('list', { name: 'Chat over the film' }).count(), 0);
  await mia.locator('body').press('f');
  await mia.waitForFunction(() => document.fullscreenElement !== null);
  const seen = await witness(mia, '[aria-label="Chat over the film"] li', 'and in full screen?');
  await say(host, 'and in full screen?');
  assert.equal((await seen()).takesPresses, false);
  await mia.locator('body').press('f');
  await mia.getByRole('list', { name: 'Chat over the film' }).waitFor({ state: 'detached' });
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
  const seen = await witness(mia, '[data-testid=danmaku] span', 'whoosh');
  await say(host, 'whoosh');
  // It moves by the compositor alone: its element is given one animation, and nothing else. It ends above the controls.
  const { animations, takesPresses, bottom } = await seen();
  assert.deepEqual({ animations, takesPresses }, { animations: 1, takesPresses: false });
  assert.ok(bottom < 0.65, `it flies at ${bottom} of the height`);
  await mia.emulateMedia({ reducedMotion: 'reduce' });
  await mia.getByTestId('danmaku').waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});
