import {
  Captions,
  Ellipsis,
  Flag,
  Hourglass,
  MessagesSquare,
  Pin,
  Search,
  Smile,
  Sticker,
  Volume2,
} from 'lucide-react';
import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { IconButton } from '../../ui/Button';
import { Menu, type MenuItem } from '../../ui/Menu';
import { useChatSettings } from './chatSettings';

interface Props {
  onSearch: () => void;
  onPins: () => void;
  onReports: () => void;
  onSlowMode: () => void;
  onEmotes: () => void;
}

/** What is said about the chat in one quiet line, with search and the rest at its end. */
export function ChatHeader({ onSearch, onPins, onReports, onSlowMode, onEmotes }: Props) {
  const slowSeconds = useRoom((room) => room.settings?.chat?.slowModeSeconds ?? 0);
  const isCatchingUp = useRoom(select.chat.isCatchingUp);
  const reportCount = useRoom(select.reports.count);
  return (
    <div className="flex items-center gap-1 px-3 pt-1 in-data-float:hidden">
      <p className="min-w-0 grow truncate pl-1 text-small text-faint">
        {isCatchingUp ? 'Catching up…' : slowSeconds > 0 ? `Slow mode: one message in ${slowSeconds} s` : ''}
      </p>
      {reportCount > 0 && (
        <IconButton label={`Reports, ${reportCount} open`} onClick={onReports} className="size-9 text-warn">
          <Flag size={17} />
        </IconButton>
      )}
      <IconButton label="Search the chat" onClick={onSearch} className="size-9 text-soft">
        <Search size={17} />
      </IconButton>
      <Menu
        label="Chat options"
        icon={<Ellipsis size={18} />}
        items={useItems({ onPins, onReports, onSlowMode, onEmotes })}
        className="size-9 text-soft"
      />
    </div>
  );
}

function useItems({ onPins, onReports, onSlowMode, onEmotes }: Omit<Props, 'onSearch'>): MenuItem[] {
  const { isOverFilm, isDanmaku, isFloating, hasSound, toggle } = useChatSettings();
  const mayDelete = useMay('PERMISSION_DELETE_CHAT');
  const mayManage = useMay('PERMISSION_MANAGE_SETTINGS');
  const icon = { size: 17, 'aria-hidden': true } as const;
  const items: MenuItem[] = [
    { label: 'Pinned messages', icon: <Pin {...icon} />, onSelect: onPins },
    {
      label: 'Messages over the film',
      hint: 'When this panel is hidden and in full screen',
      icon: <Captions {...icon} />,
      checked: isOverFilm,
      onSelect: () => toggle('isOverFilm'),
      apart: true,
    },
    {
      label: 'Messages fly over the film',
      hint: 'Danmaku',
      icon: <MessagesSquare {...icon} />,
      checked: isDanmaku,
      onSelect: () => toggle('isDanmaku'),
    },
    { label: 'Reactions rise', icon: <Smile {...icon} />, checked: isFloating, onSelect: () => toggle('isFloating') },
    {
      label: 'Sound for new messages',
      hint: 'While you look elsewhere',
      icon: <Volume2 {...icon} />,
      checked: hasSound,
      onSelect: () => toggle('hasSound'),
    },
  ];
  if (mayManage)
    items.push(
      { label: 'Slow mode', icon: <Hourglass {...icon} />, onSelect: onSlowMode, apart: true },
      { label: 'Emotes', icon: <Sticker {...icon} />, onSelect: onEmotes },
    );
  if (mayDelete) items.push({ label: 'Reports', icon: <Flag {...icon} />, onSelect: onReports, apart: !mayManage });
  return items;
}
