import { type RefObject, useEffect, useRef } from 'react';
import { useRoom } from '../../../room/hooks';
import type { Drawn } from '../../../room/mediaFacts';
import { select } from '../../../room/store';
import { type Painter, painterFor } from './painter';

interface Props {
  drawn: Drawn;
  /** Where the video is. */
  picture: RefObject<HTMLElement | null>;
  delayMs: number;
  /** They cannot be drawn in this browser. */
  onFail: () => void;
}

/** Subtitles with a look of their own: styled text, or pictures. */
export function DrawnSubtitles({ drawn: { kind, url, language }, picture, delayMs, onFail }: Props) {
  const streamUrl = useRoom((room) => select.player.menu(room)?.url ?? '');
  const place = useRef<HTMLDivElement>(null);
  const late = useRef(delayMs);
  const fail = useRef(onFail);
  useEffect(() => {
    late.current = delayMs;
    fail.current = onFail;
  });
  useEffect(() => {
    // A canvas can be given to a worker once, so each painter has its own.
    const canvas = document.createElement('canvas');
    canvas.className = 'size-full object-contain';
    place.current?.append(canvas);
    let painter: Painter | null = null;
    const abort = new AbortController();
    let request = 0;
    const paint = () => {
      // The element in front is the last one.
      const video = [...(picture.current?.querySelectorAll('video') ?? [])].at(-1);
      if (video && video.videoWidth > 0)
        painter?.at(video.currentTime - late.current / 1000, video.videoWidth, video.videoHeight);
      request = requestAnimationFrame(paint);
    };
    painterFor(canvas, { kind, url, language, streamUrl }, abort.signal).then(
      (made) => {
        if (abort.signal.aborted) return made.end();
        painter = made;
        paint();
      },
      () => {
        if (!abort.signal.aborted) fail.current();
      },
    );
    return () => {
      abort.abort();
      cancelAnimationFrame(request);
      painter?.end();
      canvas.remove();
    };
  }, [kind, url, language, streamUrl, picture]);
  return <div ref={place} data-testid="drawn-subtitles" className="pointer-events-none absolute inset-0 z-5" />;
}
