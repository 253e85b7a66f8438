import { LogOut } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import { useStore } from 'zustand';
import { signOut } from '../api/endpoints';
import { explain } from '../api/errors';
import { sessionStore } from '../api/session';
import { Avatar } from '../ui/Avatar';
import { IconButton } from '../ui/Button';
import { Logo } from '../ui/Logo';
import { ThemeToggle } from '../ui/ThemeToggle';
import { notify } from '../ui/toasts';

/** The header that every page but the room has. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-full flex-col">
      <header className="mx-auto flex w-full max-w-6xl items-center gap-2 px-4 py-4">
        <Link to="/" aria-label="SyncWatch home page" className="flex rounded-xl">
          <Logo />
        </Link>
        <div className="grow" />
        <Account />
        <ThemeToggle />
      </header>
      {children}
    </div>
  );
}

export function Account() {
  const session = useStore(sessionStore, (state) => state.session);
  const { pathname } = useLocation();
  const from = pathname.startsWith('/sign') ? '' : `?next=${encodeURIComponent(pathname)}`;
  if (!session || session.guest) {
    return (
      <nav aria-label="Account" className="flex items-center gap-1 text-sm font-semibold">
        {session && <span className="mr-1 hidden text-soft sm:inline">{session.displayName}</span>}
        <Link to={`/sign-in${from}`} className="rounded-xl px-3 py-2 hover:bg-hover">
          Sign in
        </Link>
        <Link to={`/sign-up${from}`} className="hidden rounded-xl px-3 py-2 hover:bg-hover sm:inline">
          Sign up
        </Link>
      </nav>
    );
  }
  return (
    <div className="flex items-center gap-2 text-sm font-semibold">
      <Avatar id={session.subjectId} name={session.displayName} size={28} />
      <span className="hidden max-w-40 truncate sm:inline">{session.displayName}</span>
      <IconButton label="Sign out" onClick={() => void signOut().catch((error: unknown) => notify(explain(error)))}>
        <LogOut size={18} />
      </IconButton>
    </div>
  );
}
