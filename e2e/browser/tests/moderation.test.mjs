import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import {
  aboutPerson,
  forgetSession,
  knock,
  manage,
  openPeople,
  personRow,
  setRole,
  statusOfPost,
} from '../lib/people.mjs';
import { hears, joinAsGuest, pair, pressPlay, say, untilFilm, untilFilmAt } from '../lib/room.mjs';

test('one member is muted for a time, and the chat stays on for the others', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia, link } = await pair(open);
  const kai = await open('kai');
  await joinAsGuest(kai, link, 'Kai');
  await openPeople(host);
  await aboutPerson(host, 'Mia', 'Mute in chat …');
  await host.getByRole('radio', { name: '10 minutes' }).check();
  await host.getByRole('button', { name: 'Mute', exact: true }).last().click();
  await personRow(host, 'Mia').getByText('can’t chat until').waitFor();
  await mia.getByText('A moderator muted you').first().waitFor();

  await kai.getByRole('tab', { name: /Chat/ }).click();
  await say(kai, 'I can still write');
  await mia.getByRole('tab', { name: /Chat/ }).click();
  await hears(mia, 'I can still write');

  // Case W9: the mute hangs on the person, not on the visit.
  await mia.reload();
  await openPeople(mia);
  await personRow(mia, 'Mia').getByText('can’t chat until').waitFor();

  await aboutPerson(host, 'Mia', 'Let them chat again');
  await mia.getByRole('tab', { name: /Chat/ }).click();
  await say(mia, 'So can I');
  await hears(kai, 'So can I');
  assert.deepEqual(faults, []);
});

test('control is asked for where it is refused, and granted in one tap', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await setRole(host, 'Guests', 'May control playback', 'No');
  const play = (/** @type {boolean} */ disabled) => mia.getByRole('button', { name: 'Play', exact: true, disabled });
  await play(true).waitFor();

  // The button says that it is off and can be pressed all the same: a press says why.
  await play(true).click({ force: true });
  await mia.getByRole('button', { name: 'Ask', exact: true }).click();
  await mia.getByText(/^Asked\./).waitFor();
  await openPeople(host);
  await host.getByRole('button', { name: /^Allow: Mia asks to control playback/ }).click();
  await play(false).waitFor();
  await pressPlay(mia);
  await untilFilm(host, 'moves');

  // The menu shows what was granted as a sentence with a tick, and takes it back.
  await aboutPerson(host, 'Mia', 'May control playback');
  await mia.getByRole('button', { name: 'Pause', exact: true, disabled: true }).waitFor({ state: 'attached' });
  assert.deepEqual(faults, []);
});

test('every control that is refused says why, by pointer and by keyboard', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await setRole(host, 'Guests', 'May control playback', 'No');
  await setRole(host, 'Guests', 'May choose what plays', 'No');
  await mia.getByRole('button', { name: 'Play', exact: true, disabled: true }).waitFor();
  const body = mia.locator('body');
  const why = mia.getByRole('group', { name: /^Why you can’t / });
  /** @param {() => Promise<void>} press */
  const isRefused = async (press) => {
    await press();
    await why.getByRole('button', { name: 'Ask', exact: true }).waitFor();
    await why.getByRole('button', { name: 'Dismiss' }).click();
    await why.waitFor({ state: 'detached' });
  };
  for (const key of ['k', 'l', 'ArrowRight', '.', '>', 'u']) await isRefused(() => body.press(key));

  const seekBar = mia.getByRole('slider', { name: 'Position, for everyone' });
  await isRefused(() => seekBar.click({ force: true }));
  await isRefused(() => seekBar.press('End'));
  await untilFilmAt(mia, 0);

  await mia.getByRole('button', { name: 'Playback options' }).click();
  const speed = mia.getByLabel('Speed, for everyone');
  await isRefused(() => speed.press('ArrowDown'));
  await mia.getByRole('button', { name: 'Playback options' }).click();
  assert.equal(await speed.inputValue(), '1');
  await isRefused(() => mia.getByRole('button', { name: 'Forward one frame' }).click({ force: true }));

  await mia.getByRole('tab', { name: /Up next/ }).click();
  await isRefused(() => mia.getByText('Shuffle', { exact: true }).click({ force: true }));
  await mia.getByRole('radio', { name: 'In order', checked: true }).waitFor({ state: 'attached' });
  assert.deepEqual(faults, []);
});

test('a kick sticks after a reload, with another name and with another ticket', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia, link } = await pair(open);
  const code = link.split('/').at(-1) ?? '';
  await openPeople(host);
  await aboutPerson(host, 'Mia', 'Remove from the room …');
  await host.getByRole('radio', { name: 'They can come back in 1 hour' }).check();
  await host.getByLabel('Reason (they’ll read it)').fill('Spoilers');
  await host.getByRole('button', { name: 'Remove', exact: true }).click();
  await personRow(host, 'Mia').waitFor({ state: 'detached' });

  // Case W1: the page leaves, drops the code, and says who, why and until when.
  await mia.getByRole('heading', { name: 'You were removed from this room' }).waitFor();
  await mia.getByText('They wrote: “Spoilers”').waitFor();
  await mia.getByText(/^You can join again in (60 minutes|1 hour)/).waitFor();
  assert.ok(!mia.url().includes(code), `the address still has the code: ${mia.url()}`);
  await mia.reload();
  await mia.getByText('They wrote: “Spoilers”').waitFor();
  assert.ok(!mia.url().includes(code), `the address has the code again: ${mia.url()}`);

  assert.equal(await statusOfPost(mia, `/api/rooms/${code}/ticket`), 403);
  await mia.goto(link);
  await removedAtTheDoor(mia);
  await forgetSession(mia);
  await knock(mia, link, 'Somebody else');
  await removedAtTheDoor(mia);
  assert.deepEqual(faults, []);
});

/** @param {import('playwright-core').Page} page */
async function removedAtTheDoor(page) {
  await page.getByRole('heading', { name: 'You were removed from this room' }).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Join again' }).isDisabled());
}

test('a ban holds until it is ended, whatever name one takes', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia, link } = await pair(open);
  await openPeople(host);
  await aboutPerson(host, 'Mia', 'Remove from the room …');
  await host.getByRole('radio', { name: 'Ban them for good' }).check();
  await host.getByRole('button', { name: 'Ban', exact: true }).click();
  await mia.getByRole('heading', { name: 'You’re banned from this room' }).waitFor();
  await mia.goto(link);
  const banned = mia.getByRole('heading', { name: 'You’re banned from this room' });
  await banned.waitFor();
  await forgetSession(mia);
  await knock(mia, link, 'Mia again');
  await banned.waitFor();

  const bans = await manage(host, 'Bans');
  await bans.getByRole('button', { name: 'End the ban of Mia', exact: true }).click();
  await bans.getByText('Nobody is banned').waitFor();
  await mia.goto(link);
  await mia.getByRole('tab', { name: /Chat/ }).waitFor();
  assert.deepEqual(faults, []);
});

test('a word filter is tried on earlier messages before it is added', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await say(mia, 'here comes a spoiler');
  await hears(host, 'here comes a spoiler');
  const filters = await manage(host, 'Word filters');
  await filters.getByLabel('Word or phrase').fill('SPOILER');
  await filters.getByRole('button', { name: 'Try it' }).click();
  await filters.getByText(/^1 of the last \d+ messages has it\.$/).waitFor();
  await filters.getByRole('list', { name: 'Messages that have it' }).getByText('here comes a spoiler').waitFor();
  await filters.getByRole('button', { name: 'Add filter' }).click();
  await filters.getByRole('list', { name: 'Filters' }).getByText('SPOILER').waitFor();

  await say(mia, 'another spoiler');
  await mia.getByText('A filter of this room stopped this message').first().waitFor();
  assert.deepEqual(faults, []);
});
