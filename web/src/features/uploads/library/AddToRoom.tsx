import { useState } from 'react';
import { Link } from 'react-router';
import { call } from '../../../api/call';
import { MediaService, MyRoomsService } from '../../../api/gen/services';
import type { UploadJson } from '../../../api/gen/syncwatch/media/v1/upload_pb';
import type { RoomJson } from '../../../api/gen/syncwatch/room/v1/room_pb';
import { newId } from '../../../api/ids';
import { useAction, useLoaded } from '../../../room/hooks';
import { Button } from '../../../ui/Button';
import { Dialog } from '../../../ui/Dialog';
import { ListRow } from '../../../ui/ListRow';
import { Notice } from '../../../ui/Notice';
import { EmptyState, FailedState, LoadingRows } from '../../../ui/States';

const PAGE_SIZE = 50;

/** Puts an upload on the playlist of a room that the person is in. */
export function AddToRoom({ upload, onClose }: { upload: UploadJson; onClose: () => void }) {
  const { data, error, reload } = useLoaded('', (signal) =>
    call(MyRoomsService.listMyRooms, { which: 'MY_ROOMS_JOINED', pageSize: PAGE_SIZE }, signal),
  );
  const owned = useLoaded('', (signal) =>
    call(MyRoomsService.listMyRooms, { which: 'MY_ROOMS_OWNED', pageSize: PAGE_SIZE }, signal),
  );
  const all = [...(owned.data?.rooms ?? []), ...(data?.rooms ?? [])].flatMap(({ room }) => (room ? [room] : []));
  const rooms = all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
  const failed = error || owned.error;
  const isLoading = !data || !owned.data;
  return (
    <Dialog title={`Add “${upload.title}” to a room`} wide onClose={onClose}>
      {failed && (
        <FailedState
          text={failed}
          onRetry={() => {
            reload();
            owned.reload();
          }}
        />
      )}
      {isLoading && !failed && <LoadingRows label="Loading your rooms" />}
      {!isLoading && rooms.length === 0 && (
        <EmptyState title="You are in no room yet">
          <Link to="/" className="font-semibold underline">
            Open a room
          </Link>{' '}
          first, then add this film to it.
        </EmptyState>
      )}
      <ul aria-label="Your rooms" className="grid grid-cols-[minmax(0,1fr)] gap-0.5">
        {rooms.map((room) => (
          <RoomRow key={room.id} room={room} uploadId={upload.id ?? ''} />
        ))}
      </ul>
    </Dialog>
  );
}

function RoomRow({ room, uploadId }: { room: RoomJson; uploadId: string }) {
  const { busy, error, run } = useAction();
  const [isAdded, setAdded] = useState(false);
  const add = async () => {
    const request = { room: room.id ?? '', uploadId, requestId: newId() };
    if (await run(() => call(MediaService.addItem, request))) setAdded(true);
  };
  return (
    <li>
      <ListRow
        title={room.name ?? room.code}
        actions={
          isAdded ? (
            <Link to={`/r/${room.code}`} className="px-3 py-2 text-label font-semibold underline">
              Added. Open the room
            </Link>
          ) : (
            <Button size="sm" busy={busy} aria-label={`Add to ${room.name}`} onClick={() => void add()}>
              Add
            </Button>
          )
        }
      />
      {error && <Notice tone="bad">{error}</Notice>}
    </li>
  );
}
