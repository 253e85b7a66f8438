import { Dices } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { signInAsGuest } from '../../api/account';
import { explain } from '../../api/errors';
import { suggestName } from '../../api/guestName';
import { Button, IconButton } from '../../ui/Button';
import { TextField } from '../../ui/TextField';
import { signInPath } from './signInPath';

/** Asks for a name to join with, and suggests one. */
export function NameStep({ code, deviceChoice }: { code: string; deviceChoice: ReactNode }) {
  const [name, setName] = useState(suggestName);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');

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
        <Link to={signInPath(code)} className="font-semibold text-accent hover:underline">
          Sign in
        </Link>
      </p>
    </form>
  );
}
