import {
  ArrowDown,
  ArrowUp,
  ArrowUpToLine,
  Captions,
  Ellipsis,
  GripVertical,
  Pencil,
  Play,
  RotateCcw,
  StickyNote,
  Trash2,
} from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { call } from '../../api/call';
import { PlaylistService } from '../../api/gen/services';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { clockTime, msFromUs } from '../../room/format';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';
import { Menu, type MenuItem } from '../../ui/Menu';
import { Tag } from '../../ui/Tag';
import { Thumb } from '../../ui/Thumb';
import { factsOf } from './facts';
import { NoteDialog } from './NoteDialog';
import { RenameItem } from './RenameItem';
import { TracksDialog } from './TracksDialog';
import { useAct } from './useAct';
import type { Reorder } from './useReorder';
import { VoteChip } from './VoteChip';

interface Props {
  item: ItemJson;
  /** How far it is, while it is being prepared. */
  state: ReactNode;
  /** Its place among the rows that can be moved. */
  index: number;
  last: number;
  inFolder: boolean;
  lifted: boolean;
  grip: ReturnType<Reorder['grip']>;
  onMove: Reorder['move'];
}

export function PlaylistItem({ item, state, index, last, inFolder, lifted, grip, onMove }: Props) {
  const session = useRoomSession();
  const room = useRoom(select.settings.roomId);
  const current = useRoom((whole) => select.playback.itemId(whole) === item.id);
  const next = useRoom((whole) => select.playlist.nextItemId(whole) === item.id);
  const addedBy = useRoom((whole) => select.members.nameOf(whole, item.addedBy ?? ''));
  const mine = useRoom((whole) => select.access.mySubjectId(whole) === item.addedBy);
  const mayChoose = useMay('PERMISSION_CHANGE_CURRENT_MEDIA');
  const mayOrder = useMay('PERMISSION_REORDER_PLAYLIST');
  const mayRemoveAny = useMay('PERMISSION_REMOVE_MEDIA');
  const mayEditOwn = useMay('PERMISSION_EDIT_OWN_MEDIA');
  const { busy, act } = useAct();
  const row = useRef<HTMLLIElement>(null);
  const [renaming, setRenaming] = useState(false);
  const [dialog, setDialog] = useState<'note' | 'tracks' | null>(null);
  const voting = useRoom(select.settings.queueMode) === 'QUEUE_MODE_VOTE';
  const { id = '', title = '', note = '', played = false } = item;
  const mayAdd = useMay('PERMISSION_ADD_MEDIA');
  const resumeMs = msFromUs(item.resumeUs);
  const facts = [...factsOf(item), played && !current ? 'played' : '', addedBy === 'You' ? 'you' : addedBy]
    .filter(Boolean)
    .join(' · ');

  if (renaming) {
    const done = () => {
      setRenaming(false);
      requestAnimationFrame(() => row.current?.querySelector<HTMLElement>('[aria-haspopup]')?.focus());
    };
    return (
      <li ref={row} data-row={id} className="p-1">
        <RenameItem
          title={title}
          onRename={(name) => call(PlaylistService.updateItem, { room, itemId: id, title: name, updateMask: 'title' })}
          onDone={done}
        />
      </li>
    );
  }

  const items: MenuItem[] = [];
  if (mayChoose && !current)
    items.push({
      label: 'Play now',
      ...(resumeMs > 0 && { hint: `Goes on at ${clockTime(resumeMs)}` }),
      icon: <Play size={17} aria-hidden />,
      onSelect: () => void session.commands.choose(id),
    });
  if (mayChoose && resumeMs > 0)
    items.push({
      label: 'Play from the start',
      icon: <RotateCcw size={17} aria-hidden />,
      onSelect: () => void session.commands.choose(id, { fromStart: true }),
    });
  if (mayOrder)
    items.push(
      {
        label: 'Move up',
        icon: <ArrowUp size={17} aria-hidden />,
        disabled: index === 0,
        onSelect: () => onMove(id, -1),
        apart: items.length > 0,
      },
      {
        label: 'Move down',
        icon: <ArrowDown size={17} aria-hidden />,
        disabled: index >= last,
        onSelect: () => onMove(id, 1),
      },
      {
        label: 'Move to the top',
        icon: <ArrowUpToLine size={17} aria-hidden />,
        disabled: index === 0,
        onSelect: () => onMove(id, 'top'),
      },
    );
  if (mayOrder || (mine && mayEditOwn))
    items.push(
      {
        label: 'Rename',
        icon: <Pencil size={17} aria-hidden />,
        onSelect: () => setRenaming(true),
        apart: items.length > 0,
      },
      {
        label: note ? 'Change the note' : 'Add a note',
        icon: <StickyNote size={17} aria-hidden />,
        onSelect: () => setDialog('note'),
      },
    );
  if (mayAdd)
    items.push({
      label: 'Subtitles and sound',
      icon: <Captions size={17} aria-hidden />,
      onSelect: () => setDialog('tracks'),
    });
  if (mayRemoveAny || (mine && mayEditOwn))
    items.push({
      label: 'Remove',
      icon: <Trash2 size={17} aria-hidden />,
      danger: true,
      disabled: busy,
      onSelect: () => void act(() => call(PlaylistService.removeItem, { room, itemId: id })),
      apart: true,
    });

  return (
    <li
      ref={row}
      data-row={id}
      className={cx(
        'flex items-center gap-2 rounded-[14px] py-1.5 pr-1 transition-colors',
        inFolder ? 'pl-5' : 'pl-0.5',
        lifted
          ? '-rotate-[.6deg] bg-hover shadow-[0_18px_50px_var(--shade-far)]'
          : current
            ? 'bg-raised'
            : 'hover:bg-raised',
      )}
    >
      {mayOrder ? (
        <button
          type="button"
          {...grip}
          aria-label={`Move ${title}`}
          aria-pressed={lifted}
          title="Drag to move, or press Space and use the arrows"
          className="hit grid h-10 w-4.5 shrink-0 cursor-grab touch-none place-items-center rounded-md text-faint active:cursor-grabbing"
        >
          <GripVertical size={16} />
        </button>
      ) : (
        <span className="w-1.5 shrink-0" />
      )}
      <button
        type="button"
        aria-disabled={!mayChoose}
        disabled={current}
        aria-current={current || undefined}
        onClick={() => void session.commands.choose(id)}
        className="flex min-w-0 grow items-center gap-2.5 rounded-xl text-left disabled:cursor-default"
      >
        <span className="relative shrink-0">
          <Thumb src={item.source?.pictureUrl ?? ''} title={title} className="w-19" />
          {current && (
            <span className="absolute inset-0 grid place-items-center rounded-[9px] bg-black/45 text-white">
              <Play size={16} fill="currentColor" aria-label="now" />
            </span>
          )}
        </span>
        <span className="min-w-0">
          <span className="line-clamp-2 text-[14.5px] leading-[1.3] font-semibold break-words">{title}</span>
          <span className={cx('block truncate text-small', lifted || current ? 'text-soft' : 'text-faint')}>
            {facts}
          </span>
          {state}
          {note && <span className="line-clamp-2 text-small break-words text-soft italic">{note}</span>}
        </span>
      </button>
      {next && !current && <Tag tone="plain">next</Tag>}
      {voting && !current && <VoteChip itemId={id} title={title} />}
      {items.length > 0 && (
        <Menu label={`Actions for ${title}`} icon={<Ellipsis size={18} />} items={items} className="rounded-full" />
      )}
      {dialog === 'tracks' && <TracksDialog item={item} onClose={() => setDialog(null)} />}
      {dialog === 'note' && <NoteDialog itemId={id} title={title} note={note} onClose={() => setDialog(null)} />}
    </li>
  );
}
