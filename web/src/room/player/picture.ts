// The page's own picture: two video elements that take turns, so that items follow one another without a gap.
import { Html5Player } from '../../sync/html5';
import type { Player } from '../../sync/player';
import { Relay } from '../../sync/relay';
import type { Streams, StreamWishes } from '../../sync/streams';
import { learnFrames } from './frameDuration';

export interface Picture {
  player: Player;
  setVolume(volume: number, muted: boolean): void;
  /** What this person wants of every stream. */
  setWishes(wishes: StreamWishes): void;
  /** The choices of what plays. */
  streams(): Streams;
  /** The element that plays now; null: none does. */
  film(): HTMLVideoElement | null;
  /** Duration of one frame of the film, in ms; null until enough frames were seen. */
  frameMs(): number | null;
  /** Call after the player was destroyed. */
  end(): void;
}

export function pictureIn(place: HTMLElement): Picture {
  const screens = [screen(place.ownerDocument), screen(place.ownerDocument)] as const;
  let front: Streams = screens[0].player;
  const videoOf = (player: Player) => screens.find((s) => s.player === player)?.video;
  const player = new Relay(screens[0].player, screens[1].player, {
    // The first sibling is behind the others. An element that is moved would stop, so it is moved only once.
    enter: (entering) => {
      front = screens.find((s) => s.player === entering)?.player ?? front;
      const video = videoOf(entering);
      if (video && !video.isConnected) place.prepend(video);
    },
    leave: (leaving) => videoOf(leaving)?.remove(),
  });
  return {
    player,
    setVolume: (volume, muted) => {
      for (const { player: one } of screens) one.setVolume(volume, muted);
    },
    setWishes: (wishes) => {
      for (const { player: one } of screens) one.setWishes(wishes);
    },
    streams: () => front,
    film: () => screens.find(({ video }) => video.isConnected)?.video ?? null,
    frameMs: () => screens.find(({ video }) => video.isConnected)?.frames.duration.ms ?? null,
    end: () => {
      for (const { video, frames } of screens) {
        frames.end();
        video.remove();
      }
    },
  };
}

function screen(page: Document) {
  const video = page.createElement('video');
  video.setAttribute('aria-label', 'Video');
  video.className = 'absolute inset-0 size-full object-contain';
  return { video, player: new Html5Player(video), frames: learnFrames(video) };
}
