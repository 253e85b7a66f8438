import { type RefObject, useEffect } from 'react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { notify } from '../../ui/toasts';
import { decodesSound, silenceWords, soundsOf } from './silentFilm';

const LOOK_EVERY_MS = 1_000;
/** So long a film has played before it counts as silent. */
const ENOUGH_SECONDS = 3;

/** Case M35: says once for each file why it plays without sound. */
export function useSilentFilm(picture: RefObject<HTMLElement | null>): void {
  const itemId = useRoom(select.playback.itemId);
  // Streams of our server have sound that every browser plays; those of others have several.
  const isFile = useRoom((room) => select.playlist.current(room)?.source?.format === 'MEDIA_FORMAT_PROGRESSIVE');
  useEffect(() => {
    if (!itemId || !isFile) return;
    let isOver = false;
    let heard = 0;
    let lastSeconds = Number.NaN;
    const timer = setInterval(() => {
      const video = [...(picture.current?.querySelectorAll('video') ?? [])].at(-1);
      if (!video || video.paused || video.readyState < 2) return;
      const moved = video.currentTime - lastSeconds;
      lastSeconds = video.currentTime;
      if (moved > 0 && moved < 5) heard += moved;
      if (heard < ENOUGH_SECONDS) return;
      clearInterval(timer);
      if (decodesSound(video) !== false) return;
      soundsOf(video.currentSrc)
        .catch(() => null)
        .then((sounds) => {
          const words = silenceWords(sounds);
          if (words && !isOver) notify(words, { forMs: 15_000 });
        });
    }, LOOK_EVERY_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [picture, itemId, isFile]);
}
