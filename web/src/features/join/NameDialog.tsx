import { Dices } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { signInAsGuest } from '../../api/account';
import { explain } from '../../api/errors';
import type { RoomJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { suggestName } from '../../api/guestName';
import { Button, IconButton } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { TextField } from '../../ui/TextField';
import { StartTime } from './StartTime';

/** Asks for a name to join with, and suggests one. */
export function NameDialog({ room, deviceChoice }: { room: RoomJson; deviceChoice: ReactNode }) {
  const navigate = useNavigate();
  const [name, setName] = useState(suggestName);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const signInPath = `/sign-in?next=${encodeURIComponent(`/r/${room.code ?? ''}`)}`;

  useEffect(() => {
    document.title = `${room.name ?? 'Room'} – SyncWatch`;
  }, [room.name]);
  useEffect(() => {
    // The room may play a stream, which is not known before joining: fetch hls.js while people choose a name.
    import('hls.js').catch(() => undefined);
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await signInAsGuest(name.trim());
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };

  return (
    <main className="h-full">
      <Dialog title={`Join “${room.name ?? 'this room'}”`} onClose={() => void navigate('/')}>
        <StartTime room={room} />
        {room.guestsForbidden ? (
          <>
            <p className="mb-5 text-soft">Only people with an account can join this room. Sign in to join.</p>
            <Button look="lit" className="w-full" onClick={() => void navigate(signInPath)}>
              Sign in
            </Button>
          </>
        ) : (
          <form onSubmit={(event) => void submit(event)} className="grid gap-5">
            <TextField
              label="Your name"
              name="name"
              autoComplete="nickname"
              maxLength={40}
              value={name}
              error={error}
              onFocus={(event) => event.target.select()}
              onChange={(event) => setName(event.target.value)}
              action={
                <IconButton label="Suggest another name" className="size-9" onClick={() => setName(suggestName())}>
                  <Dices size={18} />
                </IconButton>
              }
            />
            <Button type="submit" look="lit" size="lg" busy={busy} disabled={!name.trim()}>
              Join
            </Button>
            <details className="group">
              <summary className="cursor-pointer rounded-xl text-center text-sm text-soft select-none hover:text-ink">
                Already watching on another device?
              </summary>
              <div className="mt-3">{deviceChoice}</div>
            </details>
            <p className="text-center text-sm text-soft">
              Already have an account?{' '}
              <Link to={signInPath} className="font-semibold text-accent hover:underline">
                Sign in
              </Link>
            </p>
          </form>
        )}
      </Dialog>
    </main>
  );
}
