import { Ellipsis, Eraser, FolderPlus, History, ListMusic, Repeat1, Shuffle } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/call';
import { FolderService, RoomService } from '../../api/gen/services';
import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Menu, type MenuItem } from '../../ui/Menu';
import { HistoryDialog } from './HistoryDialog';
import { SavedQueuesDialog } from './SavedQueuesDialog';
import { useAct } from './useAct';
import { useClear } from './useClear';

const ICON = { size: 18, 'aria-hidden': true };

/** What concerns the whole list. */
export function QueueMenu() {
  const room = useRoom(select.settings.roomId);
  const count = useRoom(select.playlist.count);
  const mode = useRoom(select.settings.queueMode);
  const mayManage = useMay('PERMISSION_MANAGE_SETTINGS');
  const mayOrder = useMay('PERMISSION_REORDER_PLAYLIST');
  const mayClear = useMay('PERMISSION_CLEAR_PLAYLIST');
  const maySeeHistory = useMay('PERMISSION_VIEW_HISTORY');
  const [open, setOpen] = useState<'history' | 'saved' | null>(null);
  const { act } = useAct();
  const clear = useClear();
  const loopsOne = mode === 'QUEUE_MODE_LOOP_ONE';

  const items: MenuItem[] = [];
  if (mayManage)
    items.push({
      label: 'Repeat this video',
      icon: <Repeat1 {...ICON} />,
      checked: loopsOne,
      onSelect: () =>
        void act(() =>
          call(RoomService.updateRoom, {
            room,
            queue: { mode: loopsOne ? 'QUEUE_MODE_IN_ORDER' : 'QUEUE_MODE_LOOP_ONE' },
            updateMask: 'queue.mode',
          }),
        ),
    });
  if (mayManage && mode === 'QUEUE_MODE_SHUFFLE')
    items.push({
      label: 'Shuffle again',
      icon: <Shuffle {...ICON} />,
      onSelect: () =>
        void act(() =>
          call(RoomService.updateRoom, {
            room,
            queue: { shuffleSeed: String(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)) },
            updateMask: 'queue.shuffle_seed',
          }),
        ),
    });
  if (mayOrder)
    items.push({
      label: 'New folder',
      icon: <FolderPlus {...ICON} />,
      onSelect: () => void act(() => call(FolderService.createFolder, { room, title: 'New folder' })),
      apart: items.length > 0,
    });
  if (maySeeHistory)
    items.push({ label: 'Played here', icon: <History {...ICON} />, onSelect: () => setOpen('history') });
  items.push({ label: 'Saved lists', icon: <ListMusic {...ICON} />, onSelect: () => setOpen('saved') });
  if (mayClear)
    items.push({
      label: 'Clear the list',
      hint: 'What is on stays',
      icon: <Eraser {...ICON} />,
      danger: true,
      disabled: count === 0,
      onSelect: () => void clear(),
      apart: true,
    });

  return (
    <>
      <Menu label="The list" icon={<Ellipsis size={19} />} items={items} className="rounded-full" />
      {open === 'history' && <HistoryDialog onClose={() => setOpen(null)} />}
      {open === 'saved' && <SavedQueuesDialog onClose={() => setOpen(null)} />}
    </>
  );
}
