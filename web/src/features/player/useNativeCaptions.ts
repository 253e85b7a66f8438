import { type RefObject, useEffect } from 'react';
import type { Cue } from './vtt';

/**
 * Case M38: an iPhone shows a film in full screen by its own player, which draws nothing of the page. The captions are a
 * track of the video there, and only there: elsewhere they would stand beside our own.
 */
export function useNativeCaptions(picture: RefObject<HTMLElement | null>, cues: readonly Cue[], delayMs: number): void {
  useEffect(() => {
    const place = picture.current;
    if (!place) return;
    const begin = (event: Event) => event.target instanceof HTMLVideoElement && show(event.target, cues, delayMs);
    const end = (event: Event) => event.target instanceof HTMLVideoElement && hide(event.target);
    // Other captions were chosen, or more of them were loaded, during full screen.
    for (const video of place.querySelectorAll('video'))
      if (ownTrack(video)?.mode === 'showing') show(video, cues, delayMs);
    // These events do not bubble.
    place.addEventListener('webkitbeginfullscreen', begin, true);
    place.addEventListener('webkitendfullscreen', end, true);
    return () => {
      place.removeEventListener('webkitbeginfullscreen', begin, true);
      place.removeEventListener('webkitendfullscreen', end, true);
    };
  }, [picture, cues, delayMs]);
}

const LABEL = 'SyncWatch';

function show(video: HTMLVideoElement, cues: readonly Cue[], delayMs: number): void {
  // A track cannot be removed again, so there is one for each video.
  const track = ownTrack(video) ?? video.addTextTrack('captions', LABEL);
  track.mode = 'showing';
  // The list is live: it gets shorter with each one.
  const before = Array.from(track.cues ?? []);
  for (const old of before) track.removeCue(old);
  for (const { startMs, endMs, text } of cues)
    track.addCue(new VTTCue(Math.max(0, startMs + delayMs) / 1000, Math.max(0, endMs + delayMs) / 1000, text));
}

function hide(video: HTMLVideoElement): void {
  const track = ownTrack(video);
  if (track) track.mode = 'disabled';
}

function ownTrack(video: HTMLVideoElement): TextTrack | undefined {
  return [...video.textTracks].find(({ label }) => label === LABEL);
}
