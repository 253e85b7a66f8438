import { ArrowDown, ArrowUp, Ellipsis, Folder, GripVertical, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/call';
import { FolderService } from '../../api/gen/services';
import type { FolderJson } from '../../api/gen/syncwatch/room/v1/folder_pb';
import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';
import { Menu } from '../../ui/Menu';
import { RenameItem } from './RenameItem';
import { useAct } from './useAct';
import type { Reorder } from './useReorder';

interface Props {
  folder: FolderJson;
  count: number;
  lifted: boolean;
  grip: ReturnType<Reorder['grip']>;
  onMove: Reorder['move'];
}

/** A folder of the list. Its items stand below it, and play where it stands. */
export function FolderRow({ folder, count, lifted, grip, onMove }: Props) {
  const room = useRoom(select.settings.roomId);
  const mayOrder = useMay('PERMISSION_REORDER_PLAYLIST');
  const [renaming, setRenaming] = useState(false);
  const { busy, act } = useAct();
  const { id: folderId = '', title = '' } = folder;
  if (renaming)
    return (
      <li data-row={folderId} className="p-1">
        <RenameItem
          title={title}
          onRename={(name) => call(FolderService.updateFolder, { room, folderId, title: name })}
          onDone={() => setRenaming(false)}
        />
      </li>
    );
  return (
    <li
      data-row={folderId}
      className={cx(
        'flex items-center gap-2 rounded-[14px] py-1 pr-1 pl-0.5 transition-colors',
        lifted ? '-rotate-[.6deg] bg-hover shadow-[0_18px_50px_var(--shade-far)]' : 'hover:bg-raised',
      )}
    >
      {mayOrder ? (
        <button
          type="button"
          {...grip}
          aria-label={`Move folder ${title}`}
          aria-pressed={lifted}
          title="Drag to move, or press Space and use the arrows"
          className="hit grid h-10 w-4.5 shrink-0 cursor-grab touch-none place-items-center rounded-md text-faint active:cursor-grabbing"
        >
          <GripVertical size={16} />
        </button>
      ) : (
        <span className="w-1.5 shrink-0" />
      )}
      <Folder size={20} aria-hidden className="shrink-0 text-soft" />
      <span className="min-w-0 grow">
        <span className="block truncate text-[14.5px] font-semibold">{title}</span>
        <span className="block text-small text-faint">
          Folder · {count === 0 ? 'empty' : count === 1 ? 'one video' : `${count} videos`}
        </span>
      </span>
      {mayOrder && (
        <Menu
          label={`Actions for folder ${title}`}
          icon={<Ellipsis size={18} />}
          className="rounded-full"
          items={[
            { label: 'Move up', icon: <ArrowUp size={17} aria-hidden />, onSelect: () => onMove(folderId, -1) },
            { label: 'Move down', icon: <ArrowDown size={17} aria-hidden />, onSelect: () => onMove(folderId, 1) },
            { label: 'Rename', icon: <Pencil size={17} aria-hidden />, onSelect: () => setRenaming(true), apart: true },
            {
              label: 'Remove the folder',
              hint: 'Its videos stay',
              icon: <Trash2 size={17} aria-hidden />,
              danger: true,
              disabled: busy,
              onSelect: () => void act(() => call(FolderService.removeFolder, { room, folderId })),
              apart: true,
            },
          ]}
        />
      )}
    </li>
  );
}
