import { UsersRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { RoomService } from '../../api/gen/services';
import type { RoomSummaryJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { Button } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';

const PAGE_SIZE = 12;

export function PublicRooms() {
  const [rooms, setRooms] = useState<readonly RoomSummaryJson[] | null>(null);
  const [nextPage, setNextPage] = useState('');
  const [error, setError] = useState('');

  useEffect(() => {
    const abort = new AbortController();
    call(RoomService.listRooms, { pageSize: PAGE_SIZE }, abort.signal).then(
      (page) => {
        setRooms(page.rooms ?? []);
        setNextPage(page.nextPageToken ?? '');
      },
      (failure: unknown) => {
        if (!abort.signal.aborted) setError(explain(failure));
      },
    );
    return () => abort.abort();
  }, []);

  const more = async () => {
    try {
      const page = await call(RoomService.listRooms, { pageSize: PAGE_SIZE, pageToken: nextPage });
      setRooms((known) => [...(known ?? []), ...(page.rooms ?? [])]);
      setNextPage(page.nextPageToken ?? '');
    } catch (failure) {
      setError(explain(failure));
    }
  };

  return (
    <section aria-labelledby="public-rooms">
      <h2 id="public-rooms" className="mb-4 text-xl font-bold">
        Public rooms
      </h2>
      {error && <p className="text-soft">{error}</p>}
      {!rooms && !error && <Spinner />}
      {rooms?.length === 0 && <p className="text-soft">No public rooms yet. Create one and it will show up here.</p>}
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {rooms?.map(({ room, memberCount }) => (
          <li key={room?.id}>
            <Link
              to={`/r/${room?.code ?? ''}`}
              className="glass flex items-center gap-3 rounded-2xl px-5 py-4 transition hover:bg-hover"
            >
              <span className="min-w-0 grow truncate font-semibold">{room?.name}</span>
              <span className="flex items-center gap-1.5 text-sm text-soft tabular-nums">
                <UsersRound size={16} aria-hidden />
                <span className="sr-only">People: </span>
                {memberCount ?? 0}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {nextPage && (
        <div className="mt-4 text-center">
          <Button look="quiet" onClick={() => void more()}>
            Show more
          </Button>
        </div>
      )}
    </section>
  );
}
