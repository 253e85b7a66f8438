import { Captions, Ellipsis, MessagesSquare, Pin, Volume2 } from 'lucide-react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Menu, type MenuItem } from '../../ui/Menu';
import { useChatSettings } from './chatSettings';

interface Props {
  onPins: () => void;
}

/** What is said about the chat in one quiet line, with the rest at its end. */
export function ChatHeader({ onPins }: Props) {
  const isCatchingUp = useRoom(select.chat.isCatchingUp);
  return (
    <div className="flex items-center gap-1 px-3 pt-1 in-data-float:hidden">
      <p className="min-w-0 grow truncate pl-1 text-small text-faint">{isCatchingUp && 'Catching up…'}</p>
      <Menu
        label="Chat options"
        icon={<Ellipsis size={18} />}
        items={useItems({ onPins })}
        className="size-9 text-soft"
      />
    </div>
  );
}

function useItems({ onPins }: Props): MenuItem[] {
  const { isOverFilm, isDanmaku, hasSound, toggle } = useChatSettings();
  const icon = { size: 17, 'aria-hidden': true } as const;
  return [
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
    {
      label: 'Sound for new messages',
      hint: 'While you look elsewhere',
      icon: <Volume2 {...icon} />,
      checked: hasSound,
      onSelect: () => toggle('hasSound'),
    },
  ];
}
