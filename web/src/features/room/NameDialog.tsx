import { Dices } from 'lucide-react';
import { useEffect, useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { signInAsGuest } from '../../api/endpoints';
import { explain } from '../../api/errors';
import type { RoomJson } from '../../api/gen/syncwatch/room/v1/types_pb';
import { Button, IconButton } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { TextField } from '../../ui/TextField';
import { ModeChoice } from '../device/ModeChoice';
import { suggestName } from '../account/names';

/** Who comes by an invite link only needs a name, and one is suggested. */
export function NameDialog({ room }: { room: RoomJson }) {
  const navigate = useNavigate();
  const [name, setName] = useState(suggestName);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const signInPath = `/sign-in?next=${encodeURIComponent(`/r/${room.code ?? ''}`)}`;

  useEffect(() => {
    document.title = `${room.name ?? 'Room'} – SyncWatch`;
  }, [room.name]);
  useEffect(() => {
    // Whether a stream is on is not told before joining. This is fetched once, while a name is thought of.
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
        {room.guestsForbidden ? (
          <>
            <p className="mb-5 text-soft">This room takes people with an account only.</p>
            <Button look="lit" className="w-full" onClick={() => void navigate(signInPath)}>
              Sign in
            </Button>
          </>
        ) : (
          <form onSubmit={(event) => void submit(event)} className="grid gap-5">
            <TextField
              label="Your name here"
              name="name"
              autoComplete="nickname"
              maxLength={40}
              value={name}
              error={error}
              onFocus={(event) => event.target.select()}
              onChange={(event) => setName(event.target.value)}
              action={
                <IconButton label="Another name" className="size-9" onClick={() => setName(suggestName())}>
                  <Dices size={18} />
                </IconButton>
              }
            />
            <Button type="submit" look="lit" size="lg" busy={busy} disabled={!name.trim()}>
              Join
            </Button>
            <details className="group">
              <summary className="cursor-pointer rounded-xl text-center text-sm text-soft select-none hover:text-ink">Watching on another device already?</summary>
              <div className="mt-3">
                <ModeChoice />
              </div>
            </details>
            <p className="text-center text-sm text-soft">
              Have an account?{' '}
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
