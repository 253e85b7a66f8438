import { useCallback, useEffect, useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { RoomService } from '../../api/gen/services';
import type { RoomSummaryJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { Button } from '../../ui/Button';
import { EmptyState, FailedState, LoadingRows } from '../../ui/States';
import { RoomCard } from './RoomCard';

const PAGE_SIZE = 12;

export function PublicRooms({ onCreate }: { onCreate: () => void }) {
  const [rooms, setRooms] = useState<readonly RoomSummaryJson[] | null>(null);
  const [nextPage, setNextPage] = useState('');
  const [error, setError] = useState('');

  const load = useCallback((pageToken: string, signal?: AbortSignal) => {
    setError('');
    call(RoomService.listRooms, { pageSize: PAGE_SIZE, pageToken }, signal).then(
      (page) => {
        setRooms((known) => [...((pageToken && known) || []), ...(page.rooms ?? [])]);
        setNextPage(page.nextPageToken ?? '');
      },
      (failure: unknown) => {
        if (!signal?.aborted) setError(explain(failure));
      },
    );
  }, []);
  useEffect(() => {
    const abort = new AbortController();
    load('', abort.signal);
    return () => abort.abort();
  }, [load]);

  return (
    <section aria-labelledby="public-rooms">
      <h2 id="public-rooms" className="mb-3.5 text-title">
        Open now
      </h2>
      {!rooms && !error && <LoadingRows label="Loading rooms" />}
      {error && <FailedState text={error} onRetry={() => load(nextPage)} />}
      {rooms?.length === 0 && (
        <EmptyState title="No public rooms yet" action={<Button onClick={onCreate}>Open one</Button>}>
          A room that is listed shows up here.
        </EmptyState>
      )}
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(240px,1fr))] gap-4.5">
        {rooms?.map((summary) => (
          <RoomCard key={summary.room?.id} summary={summary} />
        ))}
      </ul>
      {nextPage && !error && (
        <div className="mt-5 text-center">
          <Button look="quiet" onClick={() => load(nextPage)}>
            Show more
          </Button>
        </div>
      )}
    </section>
  );
}
