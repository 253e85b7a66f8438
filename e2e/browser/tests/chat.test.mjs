// The chat as two people see it: cases W10 to W14, P2.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { choose, field, hideTab, log, row } from '../lib/chat.mjs';
import { addTestFilm, hears, joinAsGuest, makeRoom, pair, pressPlay, say, untilFilmAt } from '../lib/room.mjs';
import { speaker } from '../lib/speaker.mjs';

test('a reply, a reaction, an edit and a deletion are seen by the others', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await say(host, 'who has popcorn?');
  await hears(mia, 'who has popcorn?');

  await row(mia, 'who has popcorn?').hover();
  await row(mia, 'who has popcorn?').getByRole('button', { name: 'Reply' }).click();
  await mia.getByText(/Replying to/).waitFor();
  await mia.keyboard.type('me');
  await mia.keyboard.press('Enter');
  await row(host, 'me')
    .getByRole('button', { name: /In answer to You/ })
    .waitFor();

  await row(host, 'me').hover();
  await row(host, 'me').getByRole('button', { name: 'React' }).click();
  await host.getByRole('searchbox', { name: 'Find an emoji' }).fill('fire');
  await host.keyboard.press('Enter');
  await row(mia, 'me').getByRole('button', { name: '🔥, 1 person' }).click();
  await row(host, 'me').getByRole('button', { name: '🔥, 2 people' }).waitFor();
  await row(host, 'me').getByRole('button', { name: '🔥, 2 people' }).click();
  await row(mia, 'me').getByRole('button', { name: '🔥, 1 person' }).waitFor();

  await choose(host, 'who has popcorn?', 'Edit');
  await field(host).fill('who has nachos?');
  await host.keyboard.press('Enter');
  await row(mia, 'who has nachos?').getByText('(edited)').waitFor();

  await choose(host, 'who has nachos?', 'Delete');
  await log(mia)
    .getByText(/was deleted/)
    .waitFor();
  await row(mia, 'me').getByText('Deleted message').waitFor();
  assert.equal(await log(mia).getByText('who has nachos?').count(), 0);
  assert.deepEqual(faults, []);
});

test('the room says by itself who joined and what happens to the film (R8)', async (t) => {
  const { open } = await people(t);
  const { host, mia } = await pair(open);
  await log(host)
    .getByText(/Mia joined/)
    .waitFor();
  await log(mia)
    .getByText(/You joined/)
    .waitFor();
  await pressPlay(host);
  await log(host)
    .getByText(/You pressed play/)
    .waitFor();
  await log(mia)
    .getByText(/pressed play/)
    .waitFor();
  await mia.locator('body').press('k');
  await log(host)
    .getByText(/Mia paused/)
    .waitFor();
});

test('every tool of a message works by keyboard', async (t) => {
  const { open } = await people(t);
  const { host, mia } = await pair(open);
  await say(mia, 'first');
  await hears(host, 'first');
  await say(host, 'second');
  await hears(host, 'second');
  await log(host).focus();
  await host.keyboard.press('Enter');
  await host.keyboard.press('ArrowUp');
  assert.match((await host.evaluate(() => document.activeElement?.textContent)) ?? '', /first/);
  await host.keyboard.press('r');
  await host.getByText(/Replying to/).waitFor();
  await host.keyboard.press('Escape');
  // The last own message is edited from the field.
  await field(host).press('ArrowUp');
  await host.getByText('Editing your message').waitFor();
  await host.keyboard.press('Escape');
  assert.equal(await field(host).inputValue(), '');

  await log(host).focus();
  await host.keyboard.press('Enter');
  await host.keyboard.press('Enter');
  await host.keyboard.press('Tab');
  await host.keyboard.press('Tab');
  await host.keyboard.press('Enter');
  await host.getByRole('menuitem', { name: 'Pin', exact: true }).press('Enter');
  await row(mia, 'second').getByText('(pinned)').waitFor();
  await mia.getByRole('button', { name: 'Chat options' }).click();
  await mia.getByRole('menuitem', { name: 'Pinned messages' }).click();
  await mia.getByRole('list', { name: 'Pinned messages' }).getByText('second').waitFor();
  await mia.keyboard.press('Escape');
  await hears(mia, 'second');
});

test('a mention is completed, stands out, and names the person who was chosen (W14)', async (t) => {
  const { open } = await people(t);
  const { host, mia } = await pair(open);
  const ann = await open('ann');
  await joinAsGuest(ann, mia.url(), 'Ann müller');
  await host.getByRole('tab', { name: /People.*3/ }).waitFor();
  await field(host).focus();
  await host.keyboard.type('👨‍👩‍👧‍👦 @mü');
  await host.getByRole('option', { name: 'Ann müller' }).waitFor();
  await host.keyboard.press('Enter');
  assert.equal(await field(host).inputValue(), '👨‍👩‍👧‍👦 @Ann müller ');
  await host.keyboard.type('look');
  await host.keyboard.press('Enter');
  await log(ann).locator('mark').getByText('@Ann müller', { exact: true }).waitFor();
  await row(mia, 'look').getByText('👨‍👩‍👧‍👦 @Ann müller look').waitFor();
});

test('nothing is sent while a conversion is taken (W11)', async (t) => {
  const { open } = await people(t);
  const { host, mia } = await pair(open);
  await field(host).fill('えいが');
  // The order of Safari: the composition has ended, and Enter still belongs to it.
  await field(host).evaluate((element) => {
    element.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    element.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '映画' }));
    element.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }),
    );
  });
  assert.equal(await field(host).inputValue(), 'えいが');
  await field(host).fill('映画');
  await host.keyboard.press('Enter');
  await hears(mia, '映画');
  assert.equal(await log(mia).getByText('えいが').count(), 0);
});

test('the counter counts as the server does, and refuses before sending (W12)', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  const send = host.getByRole('button', { name: 'Send', exact: true });
  // Two characters each, whatever JavaScript counts.
  await field(host).fill('👍🏽'.repeat(501));
  await host.getByText('2 too many').waitFor();
  assert.ok(await send.isDisabled());
  await field(host).press('Enter');
  assert.equal(await field(host).inputValue(), '👍🏽'.repeat(501));
  await field(host).fill('👍🏽'.repeat(500));
  await host.getByText('1000 of 1000').waitFor();
  await send.click();
  await hears(mia, '👍🏽'.repeat(500));
  assert.deepEqual(faults, []);
});

test('a message that cannot be drawn becomes a placeholder, and the list stays (W10)', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  const mia = await open('mia');
  await mia.routeWebSocket(/\/ws\/rooms\//, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      const frame = JSON.parse(String(message));
      const sent = frame.resource?.change?.sent;
      if (sent?.text === 'bad') Object.assign(sent, { text: ['x'], reactions: 7, mentions: 'all', sentAt: {} });
      socket.send(JSON.stringify(frame));
    });
  });
  await joinAsGuest(mia, link, 'Mia');
  // What comes before this is part of the page of messages that Mia reads first, and no frame of its own.
  await say(host, 'fine');
  await hears(mia, 'fine');
  await say(host, 'bad');
  await log(mia).getByText('This message can’t be shown.').waitFor();
  await say(host, 'good');
  await hears(mia, 'good');
  assert.deepEqual(faults, []);
});

test('messages that come while nobody looks are counted, and stand after “New” (P2)', async (t) => {
  const { open } = await people(t);
  const { host, mia } = await pair(open);
  await say(host, 'seen');
  await hears(mia, 'seen');
  await hideTab(mia, true);
  await say(host, 'not seen');
  await say(host, 'not seen either');
  await mia.waitForFunction(() => document.title.startsWith('(2) '));
  await hideTab(mia, false);
  await mia.waitForFunction(() => !document.title.startsWith('('));
  await log(mia).getByRole('separator', { name: 'New messages' }).waitFor();

  // Another panel is in view.
  await mia.getByRole('tab', { name: /People/ }).click();
  await say(host, 'over here');
  await mia.getByRole('tab', { name: /Chat.*new/i }).click();
  await hears(mia, 'over here');
});

test('a sound tells of messages while nobody looks, to whom has chosen it', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  // Counts the tones that the page starts: one for a message, two for one that names this person.
  await mia.evaluate(() => {
    window.tones = 0;
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function count(when) {
      window.tones += 1;
      start.call(this, when);
    };
  });
  const tones = () => mia.evaluate(() => window.tones);
  await hideTab(mia, true);
  await say(host, 'without a sound');
  await mia.waitForFunction(() => document.title.startsWith('(1) '));
  assert.equal(await tones(), 0);

  await hideTab(mia, false);
  await mia.getByRole('button', { name: 'Chat options' }).click();
  await mia.getByRole('menuitemcheckbox', { name: /Sound for new messages/ }).click();
  await mia.keyboard.press('Escape');
  await say(host, 'seen as it comes');
  await hears(mia, 'seen as it comes');
  assert.equal(await tones(), 0);
  await hideTab(mia, true);
  await say(host, '@Mia look');
  await mia.waitForFunction(() => window.tones > 0);
  assert.equal(await tones(), 2);
  assert.deepEqual(faults, []);
});

test('commands do what they say, and an unknown one is not sent', async (t) => {
  const { open } = await people(t);
  const { host, mia } = await pair(open);
  await say(host, '/seek 30');
  await Promise.all([untilFilmAt(host, 30), untilFilmAt(mia, 30)]);
  await say(host, '/me gets popcorn');
  await row(mia, 'gets popcorn').waitFor();
  await field(host).fill('/dance');
  await host.keyboard.press('Enter');
  await host.getByRole('alert').getByText('There is no command /dance').waitFor();
  await field(host).fill('/');
  await host.getByRole('option', { name: /\/shrug/ }).waitFor();
  await host.keyboard.press('Escape');
  await field(host).fill('//slash');
  await host.keyboard.press('Enter');
  await hears(mia, '/slash');
  assert.equal(await log(mia).getByText('/dance').count(), 0);
});

test('a press on the film position of a message leads everyone there', async (t) => {
  const { open } = await people(t);
  const { host, mia } = await pair(open);
  await say(host, '/seek 42');
  await Promise.all([untilFilmAt(host, 42), untilFilmAt(mia, 42)]);
  await say(mia, 'look at that');
  await hears(host, 'look at that');
  await say(host, '/seek 5');
  await untilFilmAt(mia, 5);
  await row(host, 'look at that').getByRole('button', { name: 'Jump to 0:42, for everyone' }).click();
  await Promise.all([untilFilmAt(host, 42), untilFilmAt(mia, 42)]);
});

test('a link to a film is offered to the room', async (t) => {
  const { open } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await addTestFilm(host);
  const ben = await speaker(link, 'Ben');
  await ben.say('watch this (https://www.youtube.com/watch?v=jNQXAC9IVRw).');
  const message = row(host, 'watch this');
  assert.equal(await message.getByRole('link').getAttribute('href'), 'https://www.youtube.com/watch?v=jNQXAC9IVRw');
  await message.getByRole('button', { name: 'Add to Up next' }).click();
  await host.getByRole('tab', { name: /Up next.*2/ }).waitFor();
  await ben.say('and this https://example.org/page.html');
  await row(host, 'and this').waitFor();
  assert.equal(await row(host, 'and this').getByRole('button', { name: 'Add to Up next' }).count(), 0);
});
