import { CircleQuestionMark } from 'lucide-react';
import { Link } from 'react-router';
import { Account } from '../../app/Shell';
import { IconButton } from '../../ui/Button';
import { ThemeToggle } from '../../ui/ThemeToggle';
import { InviteButton } from './InviteButton';

export function RoomHeader({ code, name, onHelp }: { code: string; name: string; onHelp: () => void }) {
  return (
    <header className="flex items-center gap-1 px-3 py-2.5 sm:gap-2 sm:px-4">
      <Link to="/" aria-label="Leave to the start page" className="flex shrink-0 rounded-xl">
        <img src="/icon.svg" alt="" width={30} height={30} />
      </Link>
      <h1 className="ml-1.5 min-w-0 truncate text-lg font-bold">{name}</h1>
      <div className="grow" />
      <InviteButton code={code} />
      <div className="max-md:hidden">
        <Account />
      </div>
      <IconButton label="Keys and help" shortcut="?" onClick={onHelp} className="max-sm:hidden">
        <CircleQuestionMark size={19} />
      </IconButton>
      <ThemeToggle />
    </header>
  );
}
