// Against a stand-in built from the documented behaviour of YouTube's player (standIns.testkit.ts), not the real one.
import { describe, expect, it } from 'vitest';
import { World } from '../world.testkit';
import { YouTubeStandIn } from './standIns.testkit';
import { adapterOf, outcome, sourceOf, visit } from './visit.testkit';
import { youtube } from './youtube';

describe('opening', () => {
  it('opens the official player without cookies, with the origin of the page', async () => {
    const { standIn } = await visit('youtube');
    const [address] = standIn.addresses;
    expect(address?.origin).toBe('https://www.youtube-nocookie.com');
    expect(address?.pathname).toBe('/embed/dQw4w9WgXcQ');
    expect(address?.searchParams.get('enablejsapi')).toBe('1');
    expect(address?.searchParams.get('origin')).toBe('https://watch.example');
  });

  it('repeats the greeting until the player answers', async () => {
    const { world, standIn, player } = await visit('youtube');
    const greetings = () => standIn.said.filter((text) => text.includes('listening')).length;
    expect(player.snapshot()).toMatchObject({
      loaded: true,
      ready: true,
      paused: true,
      durationMs: 600_000,
      failure: null,
    });
    const before = greetings();
    expect(before).toBeGreaterThan(1);
    await world.pass(5_000);
    expect(greetings()).toBe(before);
  });

  it('reports that the player is blocked when nothing loads', async () => {
    const { world, player } = await visit('youtube', { loadMs: 3_600_000 });
    await world.pass(20_000);
    expect(player.snapshot().failure).toContain('YouTube’s player doesn’t load');
  });

  it('reports that the player does not answer when its page is silent', async () => {
    const { world, player } = await visit('youtube', { silent: true });
    await world.pass(10_000);
    expect(player.snapshot().failure).toContain('YouTube’s player doesn’t answer');
  });

  it.each([
    [100, 'private or was removed'],
    [101, 'doesn’t let other sites'],
    [150, 'doesn’t let other sites'],
    [153, 'referrer'],
    [2, 'doesn’t know'],
    [999, 'can’t play'],
  ])('tells error %s in words', async (code, words) => {
    const { player } = await visit('youtube', { refusal: code });
    expect(player.snapshot().failure).toContain(words);
    expect(outcome(player.play()).is).toBe('pending');
  });

  it('leaves nothing behind', async () => {
    const { world, standIn, player } = await visit('youtube');
    player.unload();
    expect(standIn.isOpen).toBe(false);
    expect(player.snapshot()).toMatchObject({ loaded: false, currentMs: 0, durationMs: null });
    const said = standIn.said.length;
    await world.pass(30_000);
    expect(standIn.said.length).toBe(said);
  });
});

describe('playing', () => {
  it('advances the reported position to now', async () => {
    const { world, standIn, player } = await visit('youtube', { delayMs: [150, 160] });
    const gaps: number[] = [];
    player.onChange(() => {
      if (standIn.film.state === 'playing') gaps.push(player.snapshot().currentMs - standIn.film.positionMs());
    });
    const start = outcome(player.play());
    await world.pass(6_000);
    expect(start.is).toBe('played');
    expect(gaps.length).toBeGreaterThan(10);
    expect(Math.max(...gaps.slice(3).map(Math.abs))).toBeLessThan(5);
  });

  it('positions a video that has not started without starting it', async () => {
    const { world, standIn, player } = await visit('youtube');
    player.seekTo(90_000);
    await world.pass(1_000);
    expect(standIn.film.state).toBe('cued');
    expect(player.snapshot()).toMatchObject({ currentMs: 90_000, seeking: false, ready: true, paused: true });
    void player.play();
    await world.pass(1_000);
    expect(standIn.film.positionMs()).toBeGreaterThan(90_000);
  });

  it('does not take the old position for the new one while it seeks', async () => {
    const { world, player } = await visit('youtube');
    void player.play();
    await world.pass(3_000);
    player.seekTo(200_000);
    const seen: number[] = [];
    player.onChange(() => seen.push(player.snapshot().currentMs));
    expect(player.snapshot()).toMatchObject({ seeking: true, ready: false });
    await world.pass(2_000);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(200_000);
    expect(player.snapshot()).toMatchObject({ seeking: false, ready: true });
  });

  it('stays paused when it seeks after its end, and pauses again what starts by itself', async () => {
    const { world, standIn, player } = await visit('youtube', { durationMs: 3_000 });
    void player.play();
    await world.pass(6_000);
    expect(player.snapshot().ended).toBe(true);
    player.pause();
    player.seekTo(1_000);
    await world.pass(3_000);
    expect(standIn.film.state).toBe('paused');
    expect(player.snapshot().paused).toBe(true);
  });

  it('snaps to the speeds that it has', async () => {
    const { world, standIn, player } = await visit('youtube', { rates: [0.5, 1, 1.5, 2] });
    expect(player.rates).toEqual([0.5, 1, 1.5, 2]);
    const rates: number[] = [];
    for (const wanted of [1.05, 1.4, 1.8, 0.3, 1]) {
      player.setRate(wanted);
      await world.pass(200);
      rates.push(standIn.film.rate);
    }
    expect(rates).toEqual([1, 1.5, 2, 0.5, 1]);
    expect(standIn.said.filter((text) => text.includes('setPlaybackRate'))).toHaveLength(4);
  });

  it('keeps the volume and the speed that were set before it was loaded', async () => {
    const world = new World();
    const standIn = new YouTubeStandIn(world);
    const { player } = adapterOf(world, standIn);
    player.load(sourceOf('youtube'));
    player.setVolume(0.3, true);
    player.setRate(1.5);
    await world.pass(2_000);
    expect(standIn.said.some((text) => text.includes('"setVolume","args":[30]'))).toBe(true);
    expect(standIn.said.some((text) => text.includes('"mute"'))).toBe(true);
    expect(standIn.film.rate).toBe(1.5);
  });
});

describe('interruptions', () => {
  it('is not ready while an advertisement is on, and resumes after it', async () => {
    const { world, player } = await visit('youtube', { adMs: 8_000 });
    const start = outcome(player.play());
    await world.pass(4_000);
    expect(player.snapshot()).toMatchObject({ ready: false, paused: false });
    expect(start.is).toBe('pending');
    await world.pass(6_000);
    expect(player.snapshot()).toMatchObject({ ready: true, paused: false });
    expect(start.is).toBe('played');
  });

  it('is not ready when it plays and its time stands still', async () => {
    const { world, standIn, player } = await visit('youtube');
    void player.play();
    await world.pass(3_000);
    const place = { currentTime: standIn.film.positionMs() / 1000 };
    standIn.film.pause();
    await world.pass(50);
    standIn.send(JSON.stringify({ event: 'infoDelivery', id: 1, info: { playerState: 1, ...place } }));
    await world.pass(3_000);
    expect(player.snapshot().ready).toBe(false);
  });

  // Case R7.
  it('starts muted where the browser requires a tap for sound, and unmutes with the tap', async () => {
    const { world, standIn, player } = await visit('youtube', { soundBlocked: true });
    const start = outcome(player.play());
    await world.pass(3_000);
    expect(start.is).toBe('played');
    expect([standIn.muted, player.snapshot().silenced]).toEqual([true, true]);
    // A volume that was set before does not end the silence: only a tap does.
    player.setVolume(0.5, false);
    await world.pass(200);
    expect(standIn.muted).toBe(true);
    player.restoreSound();
    await world.pass(200);
    expect([standIn.muted, player.snapshot().silenced]).toEqual([false, false]);
  });

  it('asks for a tap where the browser requires one, and notices it', async () => {
    const { world, standIn, player, unblocked } = await visit('youtube', { blocked: true });
    const start = outcome(player.play());
    await world.pass(1_000);
    expect(start.is).toBe('NotAllowedError');
    expect(player.snapshot().paused).toBe(true);
    standIn.touch('play');
    await world.pass(1_000);
    expect(unblocked()).toBe(1);
  });

  it('abandons a start for a pause that came first', async () => {
    const { world, player, standIn } = await visit('youtube');
    const start = outcome(player.play());
    player.pause();
    await world.pass(2_000);
    expect(start.is).toBe('AbortError');
    expect(standIn.film.state).not.toBe('playing');
  });

  it('reports a press in the player, and waits for the room', async () => {
    const { world, standIn, player, pressed } = await visit('youtube');
    void player.play();
    await world.pass(4_000);
    standIn.touch('pause');
    await world.pass(1_000);
    expect(pressed).toEqual(['pause']);
    // Nor is it taken along again before the room could answer; if it does not, it is.
    expect(player.snapshot().paused).toBe(false);
    await world.pass(2_000);
    expect(player.snapshot().paused).toBe(true);
    player.pause();
    await world.pass(300);
    standIn.touch('play');
    await world.pass(2_000);
    expect(pressed).toEqual(['pause', 'play']);
    // Until the room says so it stands.
    expect(standIn.film.state).toBe('paused');
  });

  it('reports a jump of the person in the player, and none of its own', async () => {
    const { world, standIn, player, pressed } = await visit('youtube');
    void player.play();
    await world.pass(4_000);
    standIn.focused = true;
    player.seekTo(200_000);
    await world.pass(5_000);
    expect(pressed).toEqual([]);
    standIn.jump(400_000);
    await world.pass(2_000);
    expect(pressed).toEqual(['to 400 s']);
    player.pause();
    await world.pass(1_000);
    standIn.jump(100_000);
    await world.pass(2_000);
    expect(pressed).toEqual(['to 400 s', 'to 100 s']);
  });

  it('reports no pause that nobody made', async () => {
    const { world, standIn, player, pressed } = await visit('youtube');
    void player.play();
    await world.pass(4_000);
    standIn.film.pause();
    await world.pass(2_000);
    expect(pressed).toEqual([]);
    expect(player.snapshot().paused).toBe(true);
  });
});

describe('messages', () => {
  it('ignores other messages', async () => {
    const { world, standIn, player } = await visit('youtube');
    const before = player.snapshot();
    for (const message of [
      '',
      'null',
      '{',
      '[]',
      '{"event":"infoDelivery"}',
      '{"event":"infoDelivery","info":{"currentTime":"NaN","duration":-1,"playerState":77}}',
      '{"event":"onStateChange","info":{}}',
      '{"event":"infoDelivery","id":7,"info":{"playerState":1}}',
      `{"event":"${'x'.repeat(300_000)}"}`,
      null,
      7,
      undefined,
    ])
      standIn.send(message);
    await world.pass(1_000);
    expect(player.snapshot()).toEqual(before);
  });

  it('ignores invalid speeds', () => {
    const heard = youtube.read(
      { event: 'infoDelivery', info: { availablePlaybackRates: [1, 'x', -2, 0, Infinity, 99, 1.5] } },
      0,
    );
    expect(heard?.rates).toEqual([1, 1.5]);
  });

  it('ignores a timestamp of another day', () => {
    const heard = youtube.read(
      { event: 'infoDelivery', info: { currentTime: 5, currentTimeLastUpdated_: 1 } },
      1_700_000_000_000,
    );
    expect(heard?.ageMs).toBe(1_000);
  });
});

describe('a command that is lost', () => {
  it('is repeated', async () => {
    const { world, standIn, player } = await visit('youtube');
    void player.play();
    await world.pass(2_000);
    player.pause();
    await world.pass(1_000);
    standIn.deaf = true;
    const start = outcome(player.play());
    await world.pass(1_000);
    standIn.deaf = false;
    await world.pass(3_000);
    expect(start.is).toBe('played');
  });

  it('and repeated without effect means that the browser blocks it', async () => {
    const { world, standIn, player } = await visit('youtube');
    void player.play();
    await world.pass(2_000);
    player.pause();
    await world.pass(1_000);
    standIn.deaf = true;
    const start = outcome(player.play());
    await world.pass(10_000);
    expect(start.is).toBe('NotAllowedError');
  });
});

describe('a seek', () => {
  it('has not arrived by a position from before it, however near that is', async () => {
    const { world, standIn, player } = await visit('youtube', { delayMs: [30, 30] });
    void player.play();
    await world.pass(3_000);
    const fromMs = player.snapshot().currentMs;
    standIn.send({
      event: 'infoDelivery',
      id: 1,
      info: { currentTime: (fromMs + 90) / 1000, currentTimeLastUpdated_: (world.serverMs - 5) / 1000 },
    });
    player.seekTo(fromMs + 600);
    await world.pass(40);
    expect(player.snapshot()).toMatchObject({ seeking: true, currentMs: fromMs + 600 });
    await world.pass(1_000);
    expect(player.snapshot()).toMatchObject({ seeking: false, ready: true });
  });

  it('continues to play when the first start was pending', async () => {
    const { world, standIn, player } = await visit('youtube', { startLatencyMs: 900 });
    void player.play();
    await world.pass(300);
    player.seekTo(42_000);
    await world.pass(3_000);
    expect(standIn.film.state).toBe('playing');
    expect(standIn.film.positionMs()).toBeGreaterThan(42_000);
  });
});
