import { Clapperboard, Plus } from 'lucide-react';
import { type ClipboardEvent, type FormEvent, type ReactNode, useState } from 'react';
import { call } from '../../api/call';
import { MediaService } from '../../api/gen/services';
import { newId } from '../../api/ids';
import { useRoom } from '../../room/hooks';
import { type EmbedService, limitsOf, SERVICES, serviceOf, youTubeListIn } from '../../room/player/source';
import { select } from '../../room/store';
import { BulletList } from '../../ui/BulletList';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/TextField';
import { ManyLinks } from './ManyLinks';
import { linksIn, type PastedLinks } from './manyLinks';
import { Remedies, SourceVerdict } from './SourceVerdict';
import { type Refusal, refusal } from './source';
import { useSourceCheck } from './useSourceCheck';
import { YouTubeList } from './YouTubeList';

/**
 * Adds a link, after showing how it will play, or the test film that comes with the product. `upload`: chooses files of this
 * device.
 */
export function AddMedia({ upload }: { upload: ReactNode }) {
  const roomId = useRoom(select.settings.roomId);
  const [url, setUrl] = useState('');
  const [busy, setBusy] = useState<'link' | 'anyway' | 'film' | null>(null);
  const [failed, setFailed] = useState<Refusal | null>(null);
  const [added, setAdded] = useState<EmbedService | null>(null);
  const [pasted, setPasted] = useState<PastedLinks | null>(null);
  const link = url.trim();
  const listId = youTubeListIn(link);
  const { verdict, again } = useSourceCheck(listId ? '' : link);
  const [reading, setReading] = useState(false);
  const refused = failed ?? (verdict.state === 'refused' ? verdict : null);

  const add = async (
    kind: 'link' | 'anyway' | 'film',
    from: { url: string; addAnyway?: boolean } | { testFilm: true },
  ) => {
    setBusy(kind);
    setFailed(null);
    try {
      const { item } = await call(MediaService.addItem, { room: roomId, ...from, requestId: newId() });
      setAdded(serviceOf(item));
      setUrl('');
    } catch (error) {
      setFailed(refusal(error));
    } finally {
      setBusy(null);
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The server parses links as people paste them, so the text is sent unchanged.
    if (!link) setFailed({ text: 'Paste a link first.', hint: '', remedies: [] });
    else if (listId) setReading(true);
    else void add('link', { url: link });
  };

  /** A field of one line would join the lines of a list: several links are added together. */
  const paste = (event: ClipboardEvent<HTMLInputElement>) => {
    const found = linksIn(event.clipboardData.getData('text/plain'));
    if (found.links.length < 2) return;
    event.preventDefault();
    setPasted(found);
  };

  return (
    <div className="grid gap-2">
      <form onSubmit={submit} noValidate>
        <TextField
          label="Link to a video or music"
          bare
          type="text"
          inputMode="url"
          placeholder="Paste a link to a video or music"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={2048}
          value={url}
          error={refused?.text ?? ''}
          disabled={busy !== null}
          onPaste={paste}
          onChange={(event) => {
            setUrl(event.target.value);
            setFailed(null);
            setAdded(null);
          }}
          action={
            <Button
              type="submit"
              size="sm"
              look="lit"
              className="rounded-full"
              busy={busy === 'link'}
              disabled={busy !== null}
            >
              {busy !== 'link' && <Plus size={16} aria-hidden />}
              Add
            </Button>
          }
        />
      </form>
      {refused ? (
        <Remedies
          link={link}
          refusal={refused}
          busy={busy !== null}
          onAddAnyway={() => void add('anyway', { url: link, addAnyway: true })}
          onCheckAgain={() => {
            setFailed(null);
            again();
          }}
        />
      ) : (
        <SourceVerdict verdict={verdict} />
      )}
      {added && (
        <div role="status" className="rise text-xs text-soft">
          <p className="font-semibold">Added. It plays in {SERVICES[added].name}’s own player:</p>
          <BulletList lines={limitsOf(added)} />
        </div>
      )}
      {reading && listId && (
        <YouTubeList
          listId={listId}
          onClose={() => setReading(false)}
          onRead={(links) => {
            setReading(false);
            setUrl('');
            setPasted(links);
          }}
        />
      )}
      {pasted && <ManyLinks pasted={pasted} onClose={() => setPasted(null)} />}
      <div className="flex flex-wrap justify-center gap-1">
        {upload}
        <Button
          look="quiet"
          size="sm"
          busy={busy === 'film'}
          disabled={busy !== null}
          onClick={() => void add('film', { testFilm: true })}
        >
          {busy !== 'film' && <Clapperboard size={16} aria-hidden />}
          Use the test film
        </Button>
      </div>
    </div>
  );
}
