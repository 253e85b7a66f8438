import { FolderUp, LogOut, ServerCog } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import { useStore } from 'zustand';
import { signOut } from '../../api/account';
import { explain } from '../../api/errors';
import { sessionStore } from '../../api/session';
import { Avatar } from '../../ui/Avatar';
import { IconButton } from '../../ui/Button';
import { notify } from '../../ui/toasts';

function IconLink({ to, label, children }: { to: string; label: string; children: ReactNode }) {
  return (
    <Link
      to={to}
      aria-label={label}
      title={label}
      className="inline-grid size-target shrink-0 place-items-center rounded-[13px] hover:bg-hover"
    >
      {children}
    </Link>
  );
}

/** One's own files, also those of a guest. */
function UploadsLink() {
  return (
    <IconLink to="/uploads" label="Your uploads">
      <FolderUp size={18} aria-hidden />
    </IconLink>
  );
}

/** Shows who is signed in, or links to sign in. */
export function AccountMenu() {
  const session = useStore(sessionStore, (state) => state.session);
  const { pathname } = useLocation();
  const from = pathname.startsWith('/sign') ? '' : `?next=${encodeURIComponent(pathname)}`;
  if (!session || session.guest) {
    return (
      <nav aria-label="Account" className="flex items-center gap-1 text-sm font-semibold">
        {session && <span className="mr-1 hidden text-soft sm:inline">{session.displayName}</span>}
        {session && <UploadsLink />}
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
      <UploadsLink />
      {session.admin && (
        <IconLink to="/admin/uploads" label="Uploads of everyone">
          <ServerCog size={18} aria-hidden />
        </IconLink>
      )}
      <IconButton label="Sign out" onClick={() => void signOut().catch((error: unknown) => notify(explain(error)))}>
        <LogOut size={18} />
      </IconButton>
    </div>
  );
}
