import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { AccountMenu } from '../features/account/AccountMenu';
import { Logo } from '../ui/Logo';
import { ThemeToggle } from '../ui/ThemeToggle';

/** The header that every page but the room has. `links`: what belongs to the page alone. */
export function Shell({ children, links }: { children: ReactNode; links?: ReactNode }) {
  return (
    <div className="flex min-h-full flex-col">
      <header className="mx-auto flex w-full max-w-[1328px] items-center gap-1 px-5 py-5 sm:gap-2 md:px-8">
        <Link to="/" aria-label="SyncWatch home page" className="flex rounded-xl">
          <Logo />
        </Link>
        <div className="grow" />
        {links}
        <AccountMenu />
        <ThemeToggle />
      </header>
      {children}
    </div>
  );
}
