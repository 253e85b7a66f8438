import { ArrowDown, ArrowUp, Pencil, Play, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { PlaylistService } from '../../api/gen/services';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { clockTime } from '../../room/format';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { itemDurationMs, itemStartMs } from '../../room/slices/playlist';
import { select } from '../../room/store';
import { IconButton } from '../../ui/Button';
import { cx } from '../../ui/classes';
import { notify } from '../../ui/toasts';
import { RenameItem } from './RenameItem';

/** Length, start and limits of an item in words. */
function factsOf(item: ItemJson): string[] {
  const { source } = item;
  const durationMs = itemDurationMs(item);
  const startMs = itemStartMs(item);
  return [
    durationMs === null ? '' : clockTime(durationMs),
    startMs > 0 ? `starts at ${clockTime(startMs)}` : '',
    source?.audioOnly ? 'sound' : '',
    source?.live ? 'live' : '',
    source?.noJumps ? 'no jumps' : '',
    source?.unchecked ? 'not checked' : '',
  ].filter(Boolean);
}

export function PlaylistItem({ item, index, items }: { item: ItemJson; index: number; items: readonly ItemJson[] }) {
  const session = useRoomSession();
  const room = useRoom(select.settings.roomId);
  const current = useRoom((whole) => select.playback.itemId(whole) === item.id);
  const addedBy = useRoom((whole) => select.members.nameOf(whole, item.addedBy ?? ''));
  const mine = useRoom((whole) => select.access.mySubjectId(whole) === item.addedBy);
  const mayChoose = useMay('PERMISSION_CHANGE_CURRENT_MEDIA');
  const mayOrder = useMay('PERMISSION_REORDER_PLAYLIST');
  const mayRemoveAny = useMay('PERMISSION_REMOVE_MEDIA');
  const mayEditOwn = useMay('PERMISSION_EDIT_OWN_MEDIA');
  const [busy, setBusy] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const { id = '', title = '' } = item;
  const [renaming, setRenaming] = useState(false);
  const note = [...factsOf(item), addedBy ? `added by ${addedBy === 'You' ? 'you' : addedBy}` : '']
    .filter(Boolean)
    .join(' · ');
  const picture = item.source?.pictureUrl ?? '';

  const act = async (change: Promise<object>) => {
    setBusy(true);
    try {
      await change;
    } catch (error) {
      notify(explain(error));
    } finally {
      setBusy(false);
    }
  };

  /** Moves the item to the beginning where no other item is given. */
  const moveAfter = (before: ItemJson | undefined) =>
    act(call(PlaylistService.moveItem, { room, itemId: id, afterItemId: before?.id ?? '' }));

  if (renaming) {
    const done = () => {
      setRenaming(false);
      requestAnimationFrame(() => row.current?.querySelector<HTMLElement>('[data-rename]')?.focus());
    };
    return (
      <li ref={row} className="p-1">
        <RenameItem
          title={title}
          onRename={(name) => call(PlaylistService.updateItem, { room, itemId: id, title: name, updateMask: 'title' })}
          onDone={done}
        />
      </li>
    );
  }

  return (
    <li
      ref={row}
      className={cx(
        'group flex items-center gap-1 rounded-2xl py-1 pr-1 pl-1 transition',
        current ? 'bg-hover' : 'hover:bg-hover',
      )}
    >
      <button
        type="button"
        disabled={!mayChoose || current}
        aria-current={current || undefined}
        onClick={() => void session.commands.choose(id)}
        className="flex min-w-0 grow items-center gap-3 rounded-xl px-2 py-1.5 text-left disabled:cursor-default"
      >
        <span
          className={cx(
            'relative grid size-8 shrink-0 place-items-center overflow-hidden rounded-xl text-sm font-bold tabular-nums',
            current ? 'lit' : 'bg-well text-soft',
          )}
        >
          {picture && !current && (
            <img
              src={picture}
              alt=""
              loading="lazy"
              referrerPolicy="no-referrer"
              className="absolute inset-0 size-full object-cover"
            />
          )}
          {current ? <Play size={15} fill="currentColor" aria-label="now" /> : !picture && index + 1}
        </span>
        <span className="min-w-0">
          <span className="block truncate font-semibold">{title}</span>
          <span className="block truncate text-xs text-soft">{note}</span>
        </span>
      </button>
      {(mayOrder || (mine && mayEditOwn)) && (
        <IconButton
          label={`Rename ${title}`}
          data-rename=""
          className="size-8"
          disabled={busy}
          onClick={() => setRenaming(true)}
        >
          <Pencil size={15} />
        </IconButton>
      )}
      {mayOrder && (
        <>
          <IconButton
            label={`Move ${title} up`}
            className="size-8"
            disabled={busy || index === 0}
            onClick={() => void moveAfter(items[index - 2])}
          >
            <ArrowUp size={16} />
          </IconButton>
          <IconButton
            label={`Move ${title} down`}
            className="size-8"
            disabled={busy || index === items.length - 1}
            onClick={() => void moveAfter(items[index + 1])}
          >
            <ArrowDown size={16} />
          </IconButton>
        </>
      )}
      {(mayRemoveAny || (mine && mayEditOwn)) && (
        <IconButton
          label={`Remove ${title}`}
          className="size-8"
          disabled={busy}
          onClick={() => void act(call(PlaylistService.removeItem, { room, itemId: id }))}
        >
          <Trash2 size={16} />
        </IconButton>
      )}
    </li>
  );
}
