import { Trash2, Upload } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Button, IconButton } from '../../ui/Button';
import { EmptyState } from '../../ui/States';
import { TextField } from '../../ui/TextField';
import { emoteImage } from './emoteImage';
import { EmoteImage } from './rows/EmoteImage';
import { SideView } from './SideView';

const NAME = /^[a-z0-9_]{2,32}$/u;

/** The pictures of this room that people write as `:name:`, for who changes its settings. */
export function EmotesView({ onBack }: { onBack: () => void }) {
  const { chatActions } = useRoomSession();
  const emotes = useRoom(select.emotes.known);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const file = useRef<HTMLInputElement>(null);

  const add = async (event: FormEvent) => {
    event.preventDefault();
    const picture = file.current?.files?.[0];
    if (!NAME.test(name)) {
      setProblem('Give a name of 2 to 32 small letters, digits or _');
      return;
    }
    if (!picture) {
      setProblem('Choose a picture first.');
      return;
    }
    setIsBusy(true);
    try {
      if (await chatActions.putEmote(name, await emoteImage(picture))) {
        setName('');
        setProblem('');
        if (file.current) file.current.value = '';
      }
    } catch {
      setProblem('This file is no picture that the browser can read. Choose a PNG, GIF or WebP.');
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <SideView title="Emotes of this room" onBack={onBack}>
      <form className="grid gap-2 px-3 py-2" onSubmit={(event) => void add(event)} noValidate>
        <TextField
          label="Name"
          placeholder="popcorn"
          value={name}
          maxLength={32}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          error={problem}
          hint={name ? `People write it as :${name}:` : 'People write it between two colons'}
          onChange={(event) => {
            setName(event.target.value.toLowerCase());
            setProblem('');
          }}
        />
        <label className="grid gap-1.5 text-label text-soft">
          Picture: PNG, GIF or WebP
          <input ref={file} type="file" accept="image/png,image/gif,image/webp" className="text-small" />
        </label>
        <Button type="submit" look="lit" size="sm" busy={isBusy} className="justify-self-start">
          {!isBusy && <Upload size={15} aria-hidden />}
          Add emote
        </Button>
      </form>
      <div className="slim-scroll min-h-0 grow overflow-y-auto px-3 pb-3">
        {emotes.size === 0 && <EmptyState title="No emotes yet">The first one is a good joke away.</EmptyState>}
        <ul aria-label="Emotes" className="grid gap-1">
          {[...emotes.keys()].map((one) => (
            <li key={one} className="flex items-center gap-3 rounded-control px-2 py-1">
              <EmoteImage name={one} size={32} />
              <span className="min-w-0 grow truncate text-label">:{one}:</span>
              <IconButton
                label={`Remove ${one}`}
                onClick={() => void chatActions.removeEmote(one)}
                className="size-9 text-soft"
              >
                <Trash2 size={16} />
              </IconButton>
            </li>
          ))}
        </ul>
      </div>
    </SideView>
  );
}
