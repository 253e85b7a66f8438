import { CircleQuestionMark, Ellipsis, MonitorSmartphone, SlidersHorizontal } from 'lucide-react';
import { Link } from 'react-router';
import { AccountMenu } from '../../features/account/AccountMenu';
import { InviteButton } from '../../features/invite/InviteButton';
import { useMay } from '../../room/hooks';
import { Menu, type MenuItem } from '../../ui/Menu';
import { ThemeToggle } from '../../ui/ThemeToggle';

interface Props {
  code: string;
  name: string;
  onOpen: (what: 'help' | 'settings' | 'device') => void;
}

export function RoomHeader({ code, name, onOpen }: Props) {
  const mayManage = useMay('PERMISSION_MANAGE_SETTINGS');
  const items: MenuItem[] = [
    { label: 'This device', icon: <MonitorSmartphone size={18} aria-hidden />, onSelect: () => onOpen('device') },
    { label: 'Keyboard shortcuts', icon: <CircleQuestionMark size={18} aria-hidden />, onSelect: () => onOpen('help') },
  ];
  if (mayManage)
    items.unshift({
      label: 'Room settings',
      icon: <SlidersHorizontal size={18} aria-hidden />,
      onSelect: () => onOpen('settings'),
    });
  return (
    <header className="relative z-20 flex items-center gap-1 px-3 py-2.5 sm:gap-2 sm:px-4">
      <Link to="/" aria-label="Leave the room" className="flex shrink-0 rounded-xl">
        <img src="/icon.svg" alt="" width={30} height={30} />
      </Link>
      <h1 className="ml-1.5 min-w-0 truncate text-lg font-bold">{name}</h1>
      <div className="grow" />
      <InviteButton code={code} />
      <div className="max-md:hidden">
        <AccountMenu />
      </div>
      <ThemeToggle />
      <Menu label="More" icon={<Ellipsis size={20} />} items={items} />
    </header>
  );
}
