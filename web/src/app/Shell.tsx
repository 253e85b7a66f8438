import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { AccountMenu } from '../features/account/AccountMenu';
import { Logo } from '../ui/Logo';
import { ThemeToggle } from '../ui/ThemeToggle';

/** The header that every page but the room has. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-full flex-col">
      <header className="mx-auto flex w-full max-w-6xl items-center gap-2 px-4 py-4">
        <Link to="/" aria-label="SyncWatch home page" className="flex rounded-xl">
          <Logo />
        </Link>
        <div className="grow" />
        <AccountMenu />
        <ThemeToggle />
      </header>
      {children}
    </div>
  );
}
