import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { preparationOf } from '../../room/preparation';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';
import { DropArea } from './DropArea';
import { startUploads } from './instance';
import { SendDialog } from './SendDialog';
import { uploadsFor, uploadsStore } from './state';
import { UploadButton } from './UploadButton';
import { UploadCard } from './UploadCard';
import { lineWords } from './words';

/** Takes files that are dropped anywhere on the room, and lets earlier uploads go on. */
export function RoomUploads() {
  const roomId = useRoom(select.settings.roomId);
  const session = useRoomSession();
  const mayAdd = useMay('PERMISSION_ADD_MEDIA');
  useEffect(startUploads, []);
  return (
    <>
      <DropArea
        roomId={roomId}
        text={mayAdd ? 'Drop files to add them to the list' : 'You can’t add videos here yet'}
        refuse={mayAdd ? undefined : () => session.explainRefusal('PERMISSION_ADD_MEDIA')}
      />
      <SendDialog />
    </>
  );
}

/** Chooses files for this room. */
export function RoomUploadButton() {
  return <UploadButton roomId={useRoom(select.settings.roomId)} />;
}

/** One's own uploads into this room. */
export function RoomUploadCards() {
  const roomId = useRoom(select.settings.roomId);
  const session = useRoomSession();
  const currentId = useRoom(select.playback.itemId);
  const mayChoose = useMay('PERMISSION_CHANGE_CURRENT_MEDIA');
  const uploads = useStore(uploadsStore);
  const views = useMemo(() => uploadsFor(uploads, roomId), [uploads, roomId]);
  if (views.length === 0) return null;
  return (
    <ul
      aria-label="Your uploads"
      className="slim-scroll grid max-h-[46%] shrink-0 grid-cols-[minmax(0,1fr)] gap-2 overflow-y-auto px-3 pt-1"
    >
      {views.map((view) => {
        const canWatch = mayChoose && view.playable && view.itemId !== '' && view.itemId !== currentId;
        return (
          <UploadCard
            key={view.key}
            view={view}
            onWatch={canWatch ? () => void session.commands.choose(view.itemId) : undefined}
          />
        );
      })}
    </ul>
  );
}

/** How far an uploaded item of the playlist is, as a part of its row. */
export function uploadLineOf(item: ItemJson) {
  return <UploadLine item={item} />;
}

/** From one's own upload, which knows more, else as the room is told. */
function UploadLine({ item }: { item: ItemJson }) {
  const uploadId = item.source?.upload?.uploadId ?? '';
  const own = useStore(uploadsStore, ({ uploads }) =>
    uploadId ? uploads.find((upload) => upload.uploadId === uploadId) : undefined,
  );
  const told = preparationOf(item);
  const text = own ? lineWords(own) : (told?.text ?? '');
  if (!text) return null;
  const failed = own ? own.step === 'failed' : told?.failed === true;
  return <span className={cx('line-clamp-2 text-small', failed ? 'text-bad' : 'text-warn')}>{text}</span>;
}
