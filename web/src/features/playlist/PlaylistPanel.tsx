import { ArrowDown, ArrowUp, Play, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { moveItem, removeItem } from '../../api/endpoints';
import { explain } from '../../api/errors';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/types_pb';
import { IconButton } from '../../ui/Button';
import { cx } from '../../ui/classes';
import { notify } from '../../ui/toasts';
import { useMay, useRoom, useRoomSession } from '../room/context';
import { clockTime, itemDurationMs, nameOf } from '../room/state';
import { AddMedia } from './AddMedia';

export function PlaylistPanel() {
  const items = useRoom((state) => state.playlist);
  const mayAdd = useMay('PERMISSION_ADD_MEDIA');
  return (
    <div className="flex min-h-0 grow flex-col">
      {mayAdd && (
        <div className="p-3 pb-1">
          <AddMedia />
        </div>
      )}
      {items.length === 0 ? (
        <p className="p-6 text-center text-sm text-soft">Nothing here yet. Paste a link, or take the test film.</p>
      ) : (
        <ol aria-label="Playlist" className="slim-scroll min-h-0 grow overflow-y-auto p-2">
          {items.map((item, index) => (
            <PlaylistItem key={item.id} item={item} index={index} items={items} />
          ))}
        </ol>
      )}
    </div>
  );
}

function PlaylistItem({ item, index, items }: { item: ItemJson; index: number; items: readonly ItemJson[] }) {
  const session = useRoomSession();
  const roomId = useRoom((state) => state.room?.id ?? '');
  const current = useRoom((state) => state.motion.itemId === item.id);
  const addedBy = useRoom((state) => nameOf(state, item.addedBy ?? ''));
  const mine = useRoom((state) => state.me?.subjectId === item.addedBy);
  const mayChoose = useMay('PERMISSION_CHANGE_CURRENT_MEDIA');
  const mayOrder = useMay('PERMISSION_REORDER_PLAYLIST');
  const mayRemoveAny = useMay('PERMISSION_REMOVE_MEDIA');
  const mayEditOwn = useMay('PERMISSION_EDIT_OWN_MEDIA');
  const [busy, setBusy] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const { id = '', title = '' } = item;
  const durationMs = itemDurationMs(item);
  const note = [durationMs === null ? '' : clockTime(durationMs), addedBy ? `added by ${addedBy === 'You' ? 'you' : addedBy}` : ''].filter(Boolean).join(' · ');

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

  return (
    <li ref={row} className={cx('group flex items-center gap-1 rounded-2xl py-1 pr-1 pl-1 transition', current ? 'bg-hover' : 'hover:bg-hover')}>
      <button
        type="button"
        disabled={!mayChoose || current}
        aria-current={current || undefined}
        onClick={() => void session.commands.choose(id)}
        className="flex min-w-0 grow items-center gap-3 rounded-xl px-2 py-1.5 text-left disabled:cursor-default"
      >
        <span className={cx('grid size-8 shrink-0 place-items-center rounded-xl text-sm font-bold tabular-nums', current ? 'lit' : 'bg-well text-soft')}>
          {current ? <Play size={15} fill="currentColor" aria-label="now" /> : index + 1}
        </span>
        <span className="min-w-0">
          <span className="block truncate font-semibold">{title}</span>
          <span className="block truncate text-xs text-soft">{note}</span>
        </span>
      </button>
      {mayOrder && (
        <>
          <IconButton label={`Move ${title} up`} className="size-8" disabled={busy || index === 0} onClick={() => void act(moveItem(roomId, id, items[index - 2]?.id ?? ''))}>
            <ArrowUp size={16} />
          </IconButton>
          <IconButton label={`Move ${title} down`} className="size-8" disabled={busy || index === items.length - 1} onClick={() => void act(moveItem(roomId, id, items[index + 1]?.id ?? ''))}>
            <ArrowDown size={16} />
          </IconButton>
        </>
      )}
      {(mayRemoveAny || (mine && mayEditOwn)) && (
        <IconButton label={`Remove ${title}`} className="size-8" disabled={busy} onClick={() => void act(removeItem(roomId, id))}>
          <Trash2 size={16} />
        </IconButton>
      )}
    </li>
  );
}
