import { expect, it, vi } from 'vitest';
import { Html5Player } from './html5';

/** A browser that wants a tap before it plays: always, only with sound, or never. */
function setUp(wantsTap: 'always' | 'with sound') {
  const video = document.createElement('video');
  const heard: boolean[] = [];
  const browser = { tapped: false };
  vi.spyOn(video, 'play').mockImplementation(async () => {
    heard.push(!video.muted);
    if (!browser.tapped && (wantsTap === 'always' || !video.muted))
      throw new DOMException('a tap is needed', 'NotAllowedError');
  });
  return { video, heard, browser, player: new Html5Player(video) };
}

// Case R7.
it('starts muted where the browser requires a tap for sound', async () => {
  const { video, heard, player } = setUp('with sound');
  player.setVolume(0.7, false);
  await player.play();
  expect(heard).toEqual([true, false]);
  expect(player.snapshot()).toMatchObject({ silenced: true, audible: false });
  // A volume that is set meanwhile does not end the silence: the browser would stop the video.
  player.setVolume(0.4, false);
  expect(video.muted).toBe(true);
  player.restoreSound();
  expect([video.muted, video.volume, player.snapshot().silenced]).toEqual([false, 0.4, false]);
});

it('asks for a tap where muted playback needs one', async () => {
  const { heard, player, browser } = setUp('always');
  await expect(player.play()).rejects.toMatchObject({ name: 'NotAllowedError' });
  expect(heard).toEqual([true, false]);
  expect(player.snapshot().silenced).toBe(false);
  browser.tapped = true;
  await player.play();
  expect(heard.at(-1)).toBe(true);
});

it('does not retry when a pause came first', async () => {
  const { heard, player } = setUp('with sound');
  const start = player.play();
  player.pause();
  await expect(start).rejects.toMatchObject({ name: 'AbortError' });
  expect(heard).toEqual([true]);
});

it('tries once where the person has muted it', async () => {
  const { heard, player } = setUp('with sound');
  player.setVolume(1, true);
  await player.play();
  expect(heard).toEqual([false]);
  expect(player.snapshot().silenced).toBe(false);
});
