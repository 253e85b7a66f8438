// Against a stand-in built from Dailymotion's open SDK (standIns.testkit.ts), not the real player, which since February
// 2026 may not speak to pages without an account there at all.
import { expect, it } from 'vitest';
import { outcome, visit } from './visit.testkit';

it('opens the public player, and requests its messages', async () => {
  const { standIn, player } = await visit('dailymotion');
  const [address] = standIn.addresses;
  expect(address?.origin + String(address?.pathname)).toBe('https://geo.dailymotion.com/player.html');
  expect(address?.searchParams.get('video')).toBe('x84sh87');
  expect(player.snapshot()).toMatchObject({ loaded: true, ready: true, durationMs: 600_000 });
  expect(player.rates).toEqual([1]);
});

it('reports that it cannot be kept in sync where the player takes no commands', async () => {
  const { world, player } = await visit('dailymotion', { silent: true });
  await world.pass(10_000);
  expect(player.snapshot().failure).toContain('doesn’t take commands');
});

it('plays, seeks and pauses', async () => {
  const { world, standIn, player } = await visit('dailymotion');
  const start = outcome(player.play());
  await world.pass(3_000);
  expect(start.is).toBe('played');
  player.seekTo(200_000);
  await world.pass(3_000);
  expect(player.snapshot()).toMatchObject({ seeking: false, ready: true, paused: false });
  expect(Math.abs(player.snapshot().currentMs - standIn.film.positionMs())).toBeLessThan(350);
  player.pause();
  await world.pass(500);
  expect(standIn.film.state).toBe('paused');
});

it('is not ready during an advertisement, whose time is not the film’s', async () => {
  const { world, player } = await visit('dailymotion', { adMs: 6_000 });
  const start = outcome(player.play());
  await world.pass(3_000);
  expect(player.snapshot()).toMatchObject({ ready: false, paused: false, currentMs: 0 });
  await world.pass(5_000);
  expect(player.snapshot()).toMatchObject({ ready: true, paused: false });
  expect(start.is).toBe('played');
});

it('treats no answer to a start, with sound and muted, as a block by the browser', async () => {
  const { world, standIn, player, unblocked } = await visit('dailymotion', { blocked: true });
  const start = outcome(player.play());
  await world.pass(10_000);
  expect(start.is).toBe('NotAllowedError');
  standIn.touch('play');
  await world.pass(1_000);
  expect(unblocked()).toBe(1);
});

// Case R7.
it('starts muted where the browser requires a tap for sound', async () => {
  const { world, standIn, player } = await visit('dailymotion', { soundBlocked: true });
  const start = outcome(player.play());
  await world.pass(10_000);
  expect(start.is).toBe('played');
  expect([standIn.muted, player.snapshot().silenced]).toEqual([true, true]);
});

it('has one speed and does not ask for others', async () => {
  const { world, standIn, player } = await visit('dailymotion');
  const said = standIn.said.length;
  player.setRate(1.5);
  await world.pass(500);
  expect(standIn.said.length).toBe(said);
});

it.each([
  ['DM007', 'your country'],
  ['DM010', 'private'],
  ['DM999', 'can’t play'],
])('tells %s in words', async (code, words) => {
  const { player } = await visit('dailymotion', { refusal: code });
  expect(player.snapshot().failure).toContain(words);
});

it('ignores other messages, and those for another frame', async () => {
  const { world, standIn, player } = await visit('dailymotion');
  const before = player.snapshot();
  for (const message of [
    null,
    3,
    '',
    'event=',
    'event=playing&id=other',
    '%%%',
    { event: 'playing', id: 'other' },
    [],
    `event=${'x'.repeat(9_000)}`,
    'event=durationchange&id=syncwatch&duration=x',
  ])
    standIn.send(message);
  await world.pass(1_000);
  expect(player.snapshot()).toEqual(before);
});
