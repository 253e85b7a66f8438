// Who looks after the chat, and what it finds: slow mode, case W16, reports, search, emotes, reactions over the film.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { choose, field, log, row, witness } from '../lib/chat.mjs';
import { line } from '../lib/line.mjs';
import { hears, joinAsGuest, makeRoom, pair, say } from '../lib/room.mjs';
import { speaker } from '../lib/speaker.mjs';

/** A picture of 1 x 1. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Opens a part of the chat. @param {import('playwright-core').Page} page @param {string} what */
async function open(page, what) {
  await page.getByRole('button', { name: 'Chat options' }).click();
  await page.getByRole('menuitem', { name: what, exact: true }).click();
}

/** @param {import('playwright-core').Page} page @param {string} pause */
async function setSlowMode(page, pause) {
  await open(page, 'Slow mode');
  await page.getByRole('radio', { name: pause }).check();
  await page.keyboard.press('Escape');
}

test('slow mode holds each person on all their devices, shows how long, and not those who look after the chat', async (t) => {
  const { open: enter, faults } = await people(t);
  const { host, mia, link } = await pair(enter);
  await setSlowMode(host, 'Every 5 minutes');
  await mia.getByText('Slow mode: one message in 300 s').waitFor();
  await say(mia, 'first');
  await hears(host, 'first');
  await mia.getByRole('button', { name: /^Send, in \d+ seconds$/ }).waitFor();
  await field(mia).fill('second');
  await field(mia).press('Enter');
  assert.equal(await field(mia).inputValue(), 'second');

  // A second tab of the same person.
  const tab = await mia.context().newPage();
  await tab.goto(link);
  await tab.getByRole('button', { name: /^Send, in \d+ seconds$/ }).waitFor();
  // Another client of a person who does not ask first is refused.
  const ben = await speaker(link, 'Ben');
  await ben.say('one');
  await assert.rejects(() => ben.say('two'), /SLOW_MODE/);

  await say(host, 'no pause for me');
  await say(host, 'none at all');
  await hears(mia, 'none at all');

  await setSlowMode(host, 'As often as they like');
  await mia.getByRole('button', { name: 'Send', exact: true }).click();
  await hears(host, 'second');
  assert.deepEqual(faults, []);
});

test('all messages of a person go at once, also from quotes, pins and pages that were away (W16)', async (t) => {
  const { open: enter, faults } = await people(t);
  const host = await enter('host');
  const link = await makeRoom(host);
  const mia = await enter('mia');
  await joinAsGuest(mia, link, 'Mia');
  const away = await enter('away');
  const { cut, mend } = await line(away);
  await joinAsGuest(away, link, 'Away');
  const ben = await speaker(link, 'Ben');
  await ben.sayMany(30, (n) => `rude ${n}`);
  await hears(mia, 'rude 29');
  await hears(away, 'rude 29');
  await choose(host, 'rude 28', 'Pin');
  await row(mia, 'rude 29').hover();
  await row(mia, 'rude 29').getByRole('button', { name: 'Reply' }).click();
  await mia.keyboard.type('stop it');
  await mia.keyboard.press('Enter');
  await hears(host, 'stop it');
  await hears(away, 'stop it');
  await cut();
  await away.getByRole('status').getByText('You’re offline').waitFor();

  await choose(host, 'rude 27', 'Delete all messages of Ben');
  await host.getByRole('button', { name: 'Delete all', exact: true }).click();
  await mend();
  for (const page of [host, mia, away]) {
    await log(page).getByText('30 messages of Ben were deleted').waitFor();
    await row(page, 'stop it').getByText('Deleted message').waitFor();
    assert.equal(await log(page).getByText(/rude/).count(), 0);
  }
  await open(mia, 'Pinned messages');
  await mia.getByText('Nothing is pinned').waitFor();
  assert.deepEqual(faults, []);
});

test('a muted person reads until when, and writes again after it', async (t) => {
  const { open: enter, faults } = await people(t);
  const { host, mia } = await pair(enter);
  await say(mia, 'loud');
  await hears(host, 'loud');
  await choose(host, 'loud', 'Mute Mia for 10 minutes');
  await mia
    .getByRole('status')
    .getByText(/A moderator muted you. You can write again in/)
    .waitFor();
  assert.equal(await field(mia).count(), 0);
  await say(host, '/unmute Mia');
  await field(mia).waitFor();
  await say(mia, 'quiet now');
  await hears(host, 'quiet now');
  assert.deepEqual(faults, []);
});

test('a report reaches who looks after the chat', async (t) => {
  const { open: enter, faults } = await people(t);
  const { host, mia, link } = await pair(enter);
  const ben = await speaker(link, 'Ben');
  await ben.say('something nasty');
  await choose(mia, 'something nasty', 'Report');
  await mia.getByLabel(/What is wrong with it/).fill('not nice');
  await mia.getByRole('button', { name: 'Report', exact: true }).click();
  await mia.getByText('Reported.').waitFor();
  assert.equal(await mia.getByRole('button', { name: /^Reports/ }).count(), 0);

  await host.getByRole('button', { name: 'Reports, 1 open' }).click();
  const reports = host.getByRole('list', { name: 'Reports' });
  await reports.getByText('not nice').waitFor();
  await reports.getByRole('button', { name: 'Delete message' }).click();
  await host.getByText('No open reports').waitFor();
  await log(mia)
    .getByText(/was deleted/)
    .waitFor();
  assert.deepEqual(faults, []);
});

test('search finds words of any script, and a press shows their place', async (t) => {
  const { open: enter, faults } = await people(t);
  const host = await enter('host');
  const link = await makeRoom(host);
  const ben = await speaker(link, 'Ben');
  await ben.say('今晚我们看电影吧');
  await ben.say('Señor Müller brings popcorn');
  await ben.sayMany(240, (n) => `filler ${n}`);
  await hears(host, 'filler 239');
  await host.getByRole('button', { name: 'Search the chat' }).click();
  const words = host.getByRole('searchbox', { name: 'Find in the chat' });
  const found = host.getByRole('list', { name: 'Found messages' });
  // The field has the focus at once.
  await words.and(host.locator(':focus')).waitFor();
  await host.keyboard.insertText('电影');
  await found.getByText('今晚我们看电影吧').waitFor();
  await words.fill('senor popc');
  await found.getByText('Señor Müller brings popcorn').click();
  await row(host, 'Señor Müller brings popcorn').waitFor();
  assert.equal(await log(host).getByText('filler 239', { exact: true }).count(), 0);
  await host.getByRole('button', { name: 'To the newest' }).click();
  await hears(host, 'filler 239');
  await field(host).fill('/search nothing like this');
  await field(host).press('Enter');
  await host.getByText('Nothing found').waitFor();

  // Of two people who said it, one.
  const mia = await speaker(link, 'Mia');
  await mia.say('popcorn for all');
  await words.fill('popcorn');
  await found.getByText('Señor Müller brings popcorn').waitFor();
  await found.getByText('popcorn for all').waitFor();
  await host.getByLabel('Written by').selectOption('Mia');
  await found.getByText('Señor Müller brings popcorn').waitFor({ state: 'detached' });
  await found.getByText('popcorn for all').waitFor();
  // Without words: all that this person wrote.
  await mia.say('see you at eight');
  await words.fill('');
  await found.getByText('see you at eight').waitFor();
  await found.getByText('popcorn for all').waitFor();
  assert.deepEqual(faults, []);
});

test('an emote of the room is a picture in messages and in reactions', async (t) => {
  const { open: enter, faults } = await people(t);
  const { host, mia } = await pair(enter);
  await open(host, 'Emotes');
  await host.getByRole('textbox', { name: 'Name' }).fill('pop');
  await host
    .getByLabel('Picture: PNG, GIF or WebP')
    .setInputFiles({ name: 'pop.png', mimeType: 'image/png', buffer: PICTURE });
  await host.getByRole('button', { name: 'Add emote' }).click();
  await host.getByRole('list', { name: 'Emotes' }).getByRole('img', { name: ':pop:' }).waitFor();
  await host.getByRole('button', { name: 'Back to the chat' }).click();

  await field(mia).focus();
  await mia.keyboard.type('look :po');
  await mia.getByRole('option', { name: ':pop:' }).waitFor();
  await mia.keyboard.press('Enter');
  await mia.keyboard.press('Enter');
  await row(host, 'look').getByRole('img', { name: ':pop:' }).waitFor();
  await row(host, 'look').hover();
  await row(host, 'look').getByRole('button', { name: 'React' }).click();
  await host.getByRole('button', { name: 'pop', exact: true }).click();
  await row(mia, 'look').getByRole('button', { name: ':pop:, 1 person' }).waitFor();
  assert.deepEqual(faults, []);
});

test('a quick reaction rises over everyone’s film, and covers no control', async (t) => {
  const { open: enter, faults } = await people(t);
  const { host, mia } = await pair(enter);
  const seen = await Promise.all([host, mia].map((page) => witness(page, '[data-testid=rising] span', '🔥')));
  await host.getByRole('button', { name: 'Fire, over the film for everyone' }).click();
  for (const facts of await Promise.all(seen.map((wait) => wait()))) assert.equal(facts.takesPresses, false);
  // They go by themselves.
  for (const page of [host, mia]) await page.getByTestId('rising').getByText('🔥').waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});
