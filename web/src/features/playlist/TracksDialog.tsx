import { Captions, Music, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { SubtitleService, TrackService } from '../../api/gen/services';
import type { AddTrackRequestJson } from '../../api/gen/syncwatch/media/v1/subtitles_pb';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Button, IconButton } from '../../ui/Button';
import { Check } from '../../ui/Check';
import { Dialog } from '../../ui/Dialog';
import { ListRow } from '../../ui/ListRow';
import { Notice } from '../../ui/Notice';
import { Segmented } from '../../ui/Segmented';
import { EmptyState } from '../../ui/States';
import { TextField } from '../../ui/TextField';
import { useAct } from './useAct';

/** The limit of the server for a file of subtitles. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** The subtitles and further sound of an item: what is there, and more of it by a link or a file. */
export function TracksDialog({ item, onClose }: { item: ItemJson; onClose: () => void }) {
  const tracks = item.tracks ?? [];
  return (
    <Dialog title="Subtitles and sound" wide onClose={onClose}>
      <p className="mb-3 truncate text-sm text-soft">
        For “{item.title}”. Everyone chooses for themselves, in the bar below the film.
      </p>
      {tracks.length === 0 && <EmptyState title="None yet" />}
      <ul aria-label="Subtitles and sound" className="mb-4 grid grid-cols-[minmax(0,1fr)]">
        {tracks.map((track) => (
          <TrackRow key={track.id} itemId={item.id ?? ''} itemBy={item.addedBy ?? ''} track={track} />
        ))}
      </ul>
      <AddTrack itemId={item.id ?? ''} />
    </Dialog>
  );
}

interface RowProps {
  itemId: string;
  itemBy: string;
  track: NonNullable<ItemJson['tracks']>[number];
}

function TrackRow({ itemId, itemBy, track }: RowProps) {
  const room = useRoom(select.settings.roomId);
  const myself = useRoom(select.access.mySubjectId);
  const mayRemove = useMay('PERMISSION_REMOVE_MEDIA');
  const mayEditOwn = useMay('PERMISSION_EDIT_OWN_MEDIA');
  const { busy, act } = useAct();
  const mine = track.addedBy === myself || itemBy === myself;
  const Icon = track.kind === 'TRACK_KIND_AUDIO' ? Music : Captions;
  return (
    <li>
      <ListRow
        lead={<Icon size={18} aria-hidden className="mx-1 shrink-0 text-soft" />}
        title={track.label}
        detail={[
          track.kind === 'TRACK_KIND_AUDIO' ? 'Sound' : 'Subtitles',
          track.language,
          track.forced ? 'forced' : '',
        ]
          .filter(Boolean)
          .join(' · ')}
        actions={
          (mayRemove || (mine && mayEditOwn)) && (
            <IconButton
              label={`Remove ${track.label}`}
              disabled={busy}
              onClick={() => void act(() => call(TrackService.removeTrack, { room, itemId, trackId: track.id ?? '' }))}
            >
              <Trash2 size={17} />
            </IconButton>
          )
        }
      />
    </li>
  );
}

function AddTrack({ itemId }: { itemId: string }) {
  const room = useRoom(select.settings.roomId);
  const [kind, setKind] = useState<'subtitles' | 'audio'>('subtitles');
  const [url, setUrl] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [label, setLabel] = useState('');
  const [language, setLanguage] = useState('');
  const [forced, setForced] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const [said, setSaid] = useState('');

  const add = async (event: FormEvent) => {
    event.preventDefault();
    setSaid('');
    if (!file && !url.trim()) return setError('Choose a file, or paste a link.');
    setBusy(true);
    setError('');
    try {
      const from: AddTrackRequestJson =
        kind === 'audio'
          ? { audioUrl: url.trim() }
          : { subtitles: file ? { file: await base64Of(file) } : { url: url.trim() } };
      const { track, problems = [] } = await call(SubtitleService.addTrack, {
        room,
        itemId,
        ...from,
        label: label.trim(),
        language: language.trim(),
        forced: kind === 'subtitles' && forced,
      });
      const left = problems.length === 0 ? '' : ` ${problems.length} lines could not be read and were left out.`;
      setSaid(`${track?.label ?? 'The track'} was added.${left}`);
      setUrl('');
      setFile(null);
      setLabel('');
    } catch (failure) {
      setError(explain(failure));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void add(event)} noValidate className="card grid gap-3 p-3.5">
      <Segmented
        label="What to add"
        value={kind}
        onChange={setKind}
        options={[
          { value: 'subtitles', label: 'Subtitles' },
          { value: 'audio', label: 'Sound track' },
        ]}
      />
      {kind === 'subtitles' && (
        <label className="grid gap-1.5 text-label text-soft">
          File (VTT, SRT, ASS)
          <input
            type="file"
            accept=".vtt,.srt,.ass,.ssa"
            onChange={(event) => {
              const chosen = event.target.files?.[0] ?? null;
              const tooLarge = chosen !== null && chosen.size > MAX_FILE_BYTES;
              setError(tooLarge ? 'This file is larger than 2 MB. Subtitles are text: choose another file.' : '');
              setFile(tooLarge ? null : chosen);
            }}
            className="text-sm text-ink file:mr-3 file:h-8.5 file:rounded-[11px] file:border-0 file:bg-hover file:px-3 file:font-semibold file:text-ink"
          />
        </label>
      )}
      <TextField
        label={kind === 'audio' ? 'Link to a sound file' : 'Or a link'}
        type="text"
        inputMode="url"
        autoComplete="off"
        maxLength={2048}
        value={url}
        disabled={file !== null}
        onChange={(event) => setUrl(event.target.value)}
      />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Name"
          placeholder="English (SDH)"
          maxLength={80}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
        <TextField
          label="Language"
          placeholder="en, pt-BR"
          maxLength={35}
          value={language}
          onChange={(event) => setLanguage(event.target.value)}
        />
      </div>
      {kind === 'subtitles' && (
        <Check
          label="Only for parts in another language"
          hint="Shown to everyone, also with subtitles off"
          checked={forced}
          onChange={setForced}
        />
      )}
      {error && <Notice tone="bad">{error}</Notice>}
      <p role="status" className="text-sm text-good empty:hidden">
        {said}
      </p>
      <Button type="submit" look="lit" busy={busy} className="justify-self-end">
        Add
      </Button>
    </form>
  );
}

/** The content of a file as ProtoJSON carries bytes. */
async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
