// Against a stand-in built from Vimeo's open player.js (standIns.testkit.ts), not the real player.
import { expect, it } from 'vitest';
import { outcome, visit } from './visit.testkit';

it('opens an unlisted video by its hash, without tracking', async () => {
  const { standIn, player } = await visit('vimeo');
  const [address] = standIn.addresses;
  expect(address?.origin + String(address?.pathname)).toBe('https://player.vimeo.com/video/76979871');
  expect(address?.searchParams.get('h')).toBe('8272103f6e');
  expect(address?.searchParams.get('dnt')).toBe('1');
  expect(player.snapshot()).toMatchObject({ loaded: true, ready: true, durationMs: 600_000 });
});

it('seeks, plays and pauses, and reports its position', async () => {
  const { world, standIn, player } = await visit('vimeo');
  player.seekTo(120_000);
  await world.pass(1_500);
  expect(player.snapshot()).toMatchObject({ currentMs: 120_000, paused: true, seeking: false });
  const start = outcome(player.play());
  await world.pass(5_000);
  expect(start.is).toBe('played');
  expect(Math.abs(player.snapshot().currentMs - standIn.film.positionMs())).toBeLessThan(350);
  player.seekTo(300_000);
  expect(player.snapshot()).toMatchObject({ seeking: true, currentMs: 300_000 });
  await world.pass(2_000);
  expect(player.snapshot()).toMatchObject({ seeking: false, ready: true });
  player.pause();
  await world.pass(500);
  expect(standIn.film.state).toBe('paused');
});

it('has one speed where the owner’s plan has none', async () => {
  const { world, standIn, player } = await visit('vimeo');
  player.setRate(1.5);
  await world.pass(500);
  expect(standIn.film.rate).toBe(1.5);
  player.setRate(1);
  standIn.speedless = true;
  player.setRate(1.25);
  await world.pass(500);
  expect(player.rates).toEqual([1]);
  const said = standIn.said.length;
  player.setRate(2);
  await world.pass(500);
  expect(standIn.said.length).toBe(said);
});

// Case R7.
it('starts muted where the browser requires a tap for sound', async () => {
  const { world, standIn, player } = await visit('vimeo', { soundBlocked: true });
  const start = outcome(player.play());
  await world.pass(3_000);
  expect(start.is).toBe('played');
  expect([standIn.muted, player.snapshot().silenced]).toEqual([true, true]);
});

it('asks for a tap where the browser requires one', async () => {
  const { world, player } = await visit('vimeo', { blocked: true });
  const start = outcome(player.play());
  await world.pass(500);
  expect(start.is).toBe('NotAllowedError');
});

it.each([
  ['PrivacyError', 'doesn’t let this site play it'],
  ['PasswordError', 'password'],
  ['NotFoundError', 'private or was removed'],
  ['SomethingNew', 'can’t play'],
])('tells %s in words', async (name, words) => {
  const { player } = await visit('vimeo', { refusal: name });
  expect(player.snapshot().failure).toContain(words);
});

it('ignores other messages', async () => {
  const { world, standIn, player } = await visit('vimeo');
  const before = player.snapshot();
  for (const message of [
    null,
    3,
    'x',
    '{',
    { event: 7 },
    { event: 'timeupdate', data: null },
    { event: 'timeupdate', data: { seconds: 'a' } },
    { method: 'getDuration', value: {} },
    { event: 'error', data: { method: 'getVolume', name: 'Error' } },
  ])
    standIn.send(message);
  await world.pass(1_000);
  expect(player.snapshot()).toEqual(before);
});
