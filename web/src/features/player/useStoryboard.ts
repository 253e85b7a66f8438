import { useEffect, useState } from 'react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { storyboardUrl, type Tile, tileAt, tilesOf } from './storyboard';

const AGAIN_MS = 10_000;

/** The picture of a moment; null: there is none. It is loaded once somebody points at the bar (`isWanted`). */
export function useStoryboard(isWanted: boolean): (ms: number) => Tile | null {
  const stream = useRoom((room) => select.player.menu(room)?.url ?? '');
  const [known, setKnown] = useState<{ stream: string; tiles: readonly Tile[] }>({ stream: '', tiles: [] });
  const [attempt, setAttempt] = useState(0);
  const url = stream ? storyboardUrl(stream) : null;
  const isKnown = known.stream === stream && known.tiles.length > 0;
  useEffect(() => {
    if (!isWanted || !url || isKnown) return;
    const abort = new AbortController();
    // It is made after the film can be played, so it may come later.
    const timer = setTimeout(() => setAttempt(attempt + 1), AGAIN_MS);
    fetch(url, { signal: abort.signal })
      .then(async (response) => {
        if (response.ok) setKnown({ stream, tiles: tilesOf(await response.text(), url) });
      })
      // Without pictures the bar shows the time alone.
      .catch(() => undefined);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [isWanted, url, stream, isKnown, attempt]);
  return (ms) => (isKnown ? tileAt(known.tiles, ms) : null);
}
