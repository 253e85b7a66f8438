import { useEffect, useRef } from 'react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { chosenTrack, type Kind, lostTrack, useTracks } from '../../room/tracks';
import { notify } from '../../ui/toasts';

/** Tells a person once for each item that it lacks the captions or the sound track that they chose. */
export function useTrackNews(): void {
  useNewsOf('subtitles');
  useNewsOf('audio');
}

function useNewsOf(kind: Kind): void {
  const item = useRoom(select.playlist.current);
  const menu = useRoom(select.player.menu);
  const key = useTracks((state) => state[kind].key);
  const last = useRef({ itemId: '', key: '', had: false, told: false });
  useEffect(() => {
    // The tracks of a stream are known once it is open.
    if (!item?.id || (item.source?.format === 'MEDIA_FORMAT_HLS' && !menu)) return;
    const { id: itemId, tracks = [] } = item;
    const { had, told } = last.current.itemId === itemId && last.current.key === key ? last.current : NOTHING;
    const text = lostTrack(tracks, menu, kind, key, had);
    if (text && !told) notify(text);
    last.current = { itemId, key, had: chosenTrack(tracks, menu, kind, key) !== null, told: told || text !== null };
  }, [item, menu, kind, key]);
}

const NOTHING = { had: false, told: false };
