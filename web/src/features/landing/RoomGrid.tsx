import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { sessionStore } from '../../api/session';
import { Button } from '../../ui/Button';
import { FailedState } from '../../ui/States';
import { RoomCard } from './RoomCard';
import { useNow } from './useNow';
import type { Rooms } from './useRooms';

interface Props {
  /** Accessible name of the list. */
  label: string;
  list: Rooms;
  /** Shown when there are none. */
  empty: ReactNode;
  onMarked?: () => void;
}

/** A list of rooms as pictures. */
export function RoomGrid({ label, list: { rooms, error, more, retry }, empty, onMarked }: Props) {
  const mayMark = useStore(sessionStore, (state) => state.session !== null);
  const nowMs = useNow();
  if (error && !rooms?.length) return <FailedState text={error} onRetry={retry} />;
  if (!rooms) return <Loading label={label} />;
  if (rooms.length === 0) return empty;
  return (
    <>
      <ul aria-label={label} className="grid grid-cols-[repeat(auto-fill,minmax(240px,1fr))] gap-x-4.5 gap-y-6">
        {rooms.map((summary) => (
          <RoomCard key={summary.room?.id} summary={summary} nowMs={nowMs} mayMark={mayMark} onMarked={onMarked} />
        ))}
      </ul>
      {error && <FailedState text={error} onRetry={retry} />}
      {more && !error && (
        <div className="mt-5 text-center">
          <Button look="quiet" onClick={more}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function Loading({ label }: { label: string }) {
  return (
    <div
      role="status"
      aria-label={`Loading: ${label}`}
      className="grid grid-cols-[repeat(auto-fill,minmax(240px,1fr))] gap-4.5"
    >
      {[0, 1, 2, 3].map((place) => (
        <span key={place} className="breathe aspect-video rounded-[18px] bg-raised max-sm:not-first:hidden" />
      ))}
    </div>
  );
}
