import { type ReactNode, useMemo, useRef } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { FolderService, PlaylistService } from '../../api/gen/services';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { EmptyState, LoadingRows } from '../../ui/States';
import { notify } from '../../ui/toasts';
import { AddMedia } from './AddMedia';
import { FolderRow } from './FolderRow';
import { NowPlaying } from './NowPlaying';
import { folderTargetOf, type Row, rowsOf, targetOf } from './order';
import { PlaylistItem } from './PlaylistItem';
import { QueueMenu } from './QueueMenu';
import { QueueModes } from './QueueModes';
import { SkipVote } from './SkipVote';
import { useReorder } from './useReorder';

interface Props {
  /** Chooses files of this device. */
  upload: ReactNode;
  /** Files that this person sends. */
  uploads: ReactNode;
  /** How far an uploaded item is. */
  stateOf: (item: ItemJson) => ReactNode;
}

/** What is on, and what follows. */
export function PlaylistPanel({ upload, uploads, stateOf }: Props) {
  const room = useRoom(select.settings.roomId);
  const items = useRoom(select.playlist.items);
  const folders = useRoom(select.playlist.folders);
  const known = useRoom(select.playlist.isKnown);
  const session = useRoomSession();
  const mayAdd = useMay('PERMISSION_ADD_MEDIA');
  const list = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(items, folders), [items, folders]);
  const drop = async (next: readonly Row[], id: string) => {
    try {
      if (next.find((row) => row.id === id)?.kind === 'folder')
        await call(FolderService.moveFolder, { room, folderId: id, afterId: folderTargetOf(next, id) });
      else await call(PlaylistService.moveItem, { room, itemId: id, ...targetOf(next, id) });
    } catch (error) {
      notify(explain(error));
      throw error;
    }
  };
  const reorder = useReorder({ rows, list, onDrop: drop });

  return (
    <div className="flex min-h-0 grow flex-col">
      <div ref={list} className="slim-scroll min-h-0 grow overflow-y-auto px-3 py-3">
        <NowPlaying />
        <SkipVote />
        <div className="flex items-start gap-1 pt-1">
          <div className="min-w-0 grow">
            <QueueModes />
          </div>
          <QueueMenu />
        </div>
        {!known && <LoadingRows label="Loading the list" />}
        {known && rows.length === 0 && (
          <EmptyState title="Nothing here yet">
            {mayAdd ? 'Paste a link below, or drop files here.' : 'Someone else in the room will add videos.'}
          </EmptyState>
        )}
        <ol aria-label="Up next" className="grid grid-cols-[minmax(0,1fr)] gap-0.5 pt-2">
          {reorder.shown.map((row, index) =>
            row.kind === 'item' ? (
              <PlaylistItem
                key={row.id}
                item={row.item}
                state={stateOf(row.item)}
                index={index}
                last={reorder.shown.length - 1}
                inFolder={row.folderId !== ''}
                lifted={reorder.liftedId === row.id}
                grip={reorder.grip(row)}
                onMove={reorder.move}
              />
            ) : (
              <FolderRow
                key={row.id}
                folder={row.folder}
                count={row.count}
                lifted={reorder.liftedId === row.id}
                grip={reorder.grip(row)}
                onMove={reorder.move}
              />
            ),
          )}
        </ol>
        <p role="status" className="sr-only">
          {reorder.said}
        </p>
      </div>
      {uploads}
      {mayAdd ? (
        <div className="px-3 pt-1 pb-3">
          <AddMedia upload={upload} />
        </div>
      ) : (
        <Button className="m-3" onClick={() => session.explainRefusal('PERMISSION_ADD_MEDIA')}>
          Ask to add videos
        </Button>
      )}
    </div>
  );
}
