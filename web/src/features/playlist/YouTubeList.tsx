import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { framesIn, readYouTubeList } from '../../room/player/source';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { Spinner } from '../../ui/Spinner';
import type { PastedLinks } from './manyLinks';

interface Props {
  listId: string;
  onRead: (links: PastedLinks) => void;
  onClose: () => void;
}

/** Reads a YouTube playlist in YouTube's own player, which stays in view while it does. */
export function YouTubeList({ listId, onRead, onClose }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [error, setError] = useState('');
  const [attempt, setAttempt] = useState(0);
  const read = useEffectEvent(onRead);
  useEffect(() => {
    if (!place.current) return;
    const control = new AbortController();
    readYouTubeList(framesIn(place.current), listId, control.signal).then(
      (ids) => read({ links: ids.map((id) => `https://www.youtube.com/watch?v=${id}`), left: 0 }),
      (failure: unknown) => {
        if (!control.signal.aborted && failure instanceof Error) setError(failure.message);
      },
    );
    return () => control.abort();
  }, [listId, attempt]);
  return (
    <Dialog title="A playlist of YouTube" onClose={onClose}>
      <div ref={place} className="relative aspect-video overflow-hidden rounded-control bg-black" />
      {error ? (
        <div className="mt-4 grid gap-3">
          <Notice tone="bad">{error}</Notice>
          <Button
            className="justify-self-end"
            onClick={() => {
              setError('');
              setAttempt(attempt + 1);
            }}
          >
            Try again
          </Button>
        </div>
      ) : (
        <p role="status" className="mt-4 flex items-center gap-2 text-sm text-soft">
          <Spinner />
          Reading its videos
        </p>
      )}
    </Dialog>
  );
}
