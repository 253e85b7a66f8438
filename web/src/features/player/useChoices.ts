import { useMemo } from 'react';
import type { TrackJson } from '../../api/gen/syncwatch/room/v1/track_pb';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { type AnyTrack, chosenTrack, type Kind, ofKind, shownSubtitles, useTracks } from '../../room/tracks';

interface Choices {
  /** What can be chosen. */
  options: readonly AnyTrack[];
  /** Null: none is chosen, or the item does not have it. */
  chosen: AnyTrack | null;
}

/** The tracks of one kind that this person may choose: those of the item and those of its stream. */
export function useChoices(kind: Kind): Choices {
  const tracks = useRoom((room) => select.playlist.current(room)?.tracks) ?? NONE;
  const menu = useRoom(select.player.menu);
  const key = useTracks((state) => state[kind].key);
  return useMemo(
    () => ({ options: ofKind(tracks, menu, kind), chosen: chosenTrack(tracks, menu, kind, key) }),
    [tracks, menu, kind, key],
  );
}

/** The subtitles to show; null: none. */
export function useShownSubtitles(): AnyTrack | null {
  const tracks = useRoom((room) => select.playlist.current(room)?.tracks) ?? NONE;
  const menu = useRoom(select.player.menu);
  const key = useTracks((state) => state.subtitles.key);
  return useMemo(() => shownSubtitles(tracks, menu, key), [tracks, menu, key]);
}

const NONE: readonly TrackJson[] = [];
