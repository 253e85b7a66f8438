import { useCallback, useState } from 'react';
import { useStore } from 'zustand';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { MyRoomsService } from '../../api/gen/services';
import type { MyRoomsJson } from '../../api/gen/syncwatch/room/v1/my_rooms_pb';
import { sessionStore } from '../../api/session';
import { Button } from '../../ui/Button';
import { Segmented } from '../../ui/Segmented';
import { EmptyState } from '../../ui/States';
import { notify } from '../../ui/toasts';
import { RoomGrid } from './RoomGrid';
import { useRooms } from './useRooms';

type Which = 'history' | 'owned' | 'joined' | 'favourites';

const WHICH: Readonly<Record<Which, MyRoomsJson>> = {
  history: 'MY_ROOMS_HISTORY',
  owned: 'MY_ROOMS_OWNED',
  joined: 'MY_ROOMS_JOINED',
  favourites: 'MY_ROOMS_FAVOURITES',
};
const EMPTY: Readonly<Record<Which, string>> = {
  history: 'Rooms that you were in are kept here for 90 days.',
  owned: 'Rooms that you open are kept here.',
  joined: 'Rooms that you join are kept here.',
  favourites: 'Mark a room with the star to find it here.',
};
const PAGE_SIZE = 8;

/** For who comes back: where they were, their rooms, their favourites. Absent for who was in no room yet. */
export function MyRooms() {
  const subjectId = useStore(sessionStore, (state) => state.session?.subjectId ?? '');
  return subjectId ? <Shelf key={subjectId} /> : null;
}

function Shelf() {
  /** Each change reads the list again. */
  const [{ which, changes }, setShown] = useState({ which: 'history' as Which, changes: 0 });
  const [everHad, setEverHad] = useState(false);
  const readAgain = () => setShown((shown) => ({ ...shown, changes: shown.changes + 1 }));
  return (
    <List
      key={`${which} ${changes}`}
      which={which}
      onWhich={(next) => setShown((shown) => ({ ...shown, which: next }))}
      everHad={everHad}
      onHas={() => setEverHad(true)}
      onChanged={readAgain}
      // The list of favourites may have been opened before the server stored the mark.
      onMarked={() =>
        setShown((shown) => (shown.which === 'favourites' ? { ...shown, changes: shown.changes + 1 } : shown))
      }
    />
  );
}

interface Props {
  which: Which;
  onWhich: (which: Which) => void;
  everHad: boolean;
  onHas: () => void;
  onChanged: () => void;
  onMarked: () => void;
}

function List({ which, onWhich, everHad, onHas, onChanged, onMarked }: Props) {
  const read = useCallback(
    async (pageToken: string, signal: AbortSignal) => {
      const page = await call(
        MyRoomsService.listMyRooms,
        { which: WHICH[which], pageSize: PAGE_SIZE, pageToken },
        signal,
      );
      if (page.rooms?.length) onHas();
      return page;
    },
    // oxlint-disable-next-line react/exhaustive-deps -- the list is read once for each choice
    [which],
  );
  const list = useRooms(read);
  // Nobody who comes for the first time needs an empty shelf.
  if (!everHad && !list.error) return null;

  const forget = async () => {
    try {
      await Promise.all(
        (list.rooms ?? []).map(({ room }) => call(MyRoomsService.forgetHistory, { room: room?.id ?? '' })),
      );
      onChanged();
    } catch (error) {
      notify(explain(error));
    }
  };
  return (
    <section aria-labelledby="continue" className="mb-12">
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-3">
        <h2 id="continue" className="text-title">
          Continue
        </h2>
        <Segmented<Which>
          label="Which rooms"
          value={which}
          onChange={onWhich}
          className="max-sm:w-full"
          options={[
            { value: 'history', label: 'Last' },
            { value: 'owned', label: 'Mine' },
            { value: 'joined', label: 'Joined' },
            { value: 'favourites', label: 'Favourites' },
          ]}
        />
        <span className="grow" />
        {which === 'history' && (list.rooms?.length ?? 0) > 0 && (
          <Button look="quiet" size="sm" onClick={() => void forget()}>
            Forget these
          </Button>
        )}
      </div>
      <RoomGrid
        label="Your rooms"
        list={list}
        onMarked={onMarked}
        empty={<EmptyState title="None yet">{EMPTY[which]}</EmptyState>}
      />
    </section>
  );
}
