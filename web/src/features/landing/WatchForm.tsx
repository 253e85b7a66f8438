import { ArrowRight } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { explain } from '../../api/errors';
import { Button } from '../../ui/Button';
import { cx } from '../../ui/classes';
import { ownRoomCodeFrom } from './roomCode';
import { watchLink, watchTestFilm } from './startRoom';

interface Props {
  onCreate: () => void;
}

/** The field for a link: it makes a room, and plays the link there. An invite link or a room's code opens that room. */
export function WatchForm({ onCreate }: Props) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState<'link' | 'film' | null>(null);
  const [error, setError] = useState('');

  const start = async (what: 'link' | 'film', make: () => Promise<string>) => {
    setBusy(what);
    setError('');
    try {
      await navigate(`/r/${await make()}`);
    } catch (failure) {
      setError(explain(failure));
      setBusy(null);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const link = text.trim();
    const code = ownRoomCodeFrom(link);
    if (code) void navigate(`/r/${code}`);
    else if (link) void start('link', () => watchLink(link));
    else setError('Paste a link to a video first, or the link of a room.');
  };

  return (
    <div>
      <form
        onSubmit={submit}
        noValidate
        className={cx(
          'glass rim relative flex items-center rounded-sheet p-1.5 pl-5.5 focus-within:outline-2 focus-within:outline-accent',
          error && 'outline-2 outline-bad',
        )}
      >
        <input
          aria-label="Link to a video, or to a room"
          placeholder="Paste a link to a video"
          type="text"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={2048}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? 'watch-error' : undefined}
          value={text}
          disabled={busy !== null}
          onChange={(event) => {
            setText(event.target.value);
            setError('');
          }}
          className="h-13 min-w-0 grow bg-transparent text-[17px] outline-none placeholder:text-soft"
        />
        <Button type="submit" look="lit" size="lg" busy={busy === 'link'} disabled={busy !== null}>
          Watch
          {busy !== 'link' && <ArrowRight size={18} aria-hidden className="max-sm:hidden" />}
        </Button>
      </form>
      <p id="watch-error" role="alert" className="mt-2.5 px-2 text-sm text-bad empty:hidden">
        {error}
      </p>
      <div className="mt-3.5 flex flex-wrap gap-2">
        <Button busy={busy === 'film'} disabled={busy !== null} onClick={() => void start('film', watchTestFilm)}>
          Try the test film
        </Button>
        <Button disabled={busy !== null} onClick={onCreate}>
          Create a room
        </Button>
      </div>
    </div>
  );
}
