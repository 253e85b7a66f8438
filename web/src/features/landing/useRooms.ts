import { useCallback, useEffect, useState } from 'react';
import { explain } from '../../api/errors';
import type { RoomSummaryJson } from '../../api/gen/syncwatch/room/v1/room_pb';

interface Page {
  rooms?: RoomSummaryJson[];
  nextPageToken?: string;
  totalSize?: number;
}

export interface Rooms {
  /** Null until the first answer. */
  rooms: readonly RoomSummaryJson[] | null;
  total: number;
  error: string;
  /** Null: there are no more. */
  more: (() => void) | null;
  retry: () => void;
}

const REFRESH_MS = 30_000;
/** A longer list is not read again by itself. */
const REFRESHED_ROOMS = 12;

/** The pages of a list of rooms. `read` must stay the same function while the list does. */
export function useRooms(read: (pageToken: string, signal: AbortSignal) => Promise<Page>): Rooms {
  const [known, setKnown] = useState<{ rooms: readonly RoomSummaryJson[] | null; next: string; total: number }>({
    rooms: null,
    next: '',
    total: 0,
  });
  const [error, setError] = useState('');

  const load = useCallback(
    (pageToken: string, signal: AbortSignal) => {
      setError('');
      read(pageToken, signal).then(
        ({ rooms = [], nextPageToken = '', totalSize }) =>
          setKnown((before) => ({
            rooms: [...((pageToken && before.rooms) || []), ...rooms],
            next: nextPageToken,
            total: totalSize ?? before.total,
          })),
        (failure: unknown) => {
          if (!signal.aborted) setError(explain(failure));
        },
      );
    },
    [read],
  );
  useEffect(() => {
    const abort = new AbortController();
    load('', abort.signal);
    return () => abort.abort();
  }, [load]);

  // Presence is live: the first page is read again now and then, as long as nobody asked for more.
  const onePage = (known.rooms?.length ?? 0) <= REFRESHED_ROOMS;
  useEffect(() => {
    if (!onePage) return;
    const abort = new AbortController();
    const timer = setInterval(() => {
      if (!document.hidden) load('', abort.signal);
    }, REFRESH_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [load, onePage]);

  const { rooms, next, total } = known;
  return {
    rooms,
    total,
    error,
    more: next ? () => load(next, new AbortController().signal) : null,
    retry: () => load(rooms ? next : '', new AbortController().signal),
  };
}
