import { Clapperboard, Plus } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { addItem } from '../../api/endpoints';
import { explain } from '../../api/errors';
import { SERVICES, type EmbedService } from '../../sync/iframe/services';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/TextField';
import { EmbedLimits } from '../player/EmbedNote';
import { serviceOf } from '../player/embeds';
import { useRoom } from '../room/context';

/** Paste a link, or take the film that comes with the product. */
export function AddMedia() {
  const roomId = useRoom((state) => state.room?.id ?? '');
  const [url, setUrl] = useState('');
  const [busy, setBusy] = useState<'link' | 'film' | null>(null);
  const [error, setError] = useState('');
  const [added, setAdded] = useState<EmbedService | null>(null);

  const add = async (kind: 'link' | 'film', from: { url: string } | { testFilm: true }) => {
    setBusy(kind);
    setError('');
    try {
      const { item } = await addItem(roomId, from);
      setAdded(serviceOf(item));
      setUrl('');
    } catch (failure) {
      setError(explain(failure));
    } finally {
      setBusy(null);
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const link = url.trim();
    if (!link) setError('Paste a link first.');
    else void add('link', { url: /^[a-z][a-z0-9+.-]*:/i.test(link) ? link : `https://${link}` });
  };

  return (
    <div className="grid gap-2">
      <form onSubmit={submit} noValidate>
        <TextField
          label="Link to a video"
          bare
          type="url"
          inputMode="url"
          placeholder="Paste a video link"
          autoComplete="off"
          maxLength={2048}
          value={url}
          error={error}
          disabled={busy !== null}
          onChange={(event) => {
            setUrl(event.target.value);
            setError('');
            setAdded(null);
          }}
          action={
            <Button type="submit" size="sm" look="lit" className="h-9" busy={busy === 'link'}>
              {busy !== 'link' && <Plus size={16} aria-hidden />}
              Add
            </Button>
          }
        />
      </form>
      {added && (
        <div role="status" className="rise text-xs text-soft">
          <p className="font-semibold">Added. It plays in {SERVICES[added].name}’s own player:</p>
          <EmbedLimits service={added} />
        </div>
      )}
      <Button look="quiet" size="sm" busy={busy === 'film'} disabled={busy !== null} onClick={() => void add('film', { testFilm: true })} className="justify-self-center">
        {busy !== 'film' && <Clapperboard size={16} aria-hidden />}
        Use the test film
      </Button>
    </div>
  );
}
