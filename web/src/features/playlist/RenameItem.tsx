import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { explain } from '../../api/errors';
import { Button } from '../../ui/Button';
import { isComposing } from '../../ui/composing';
import { TextField } from '../../ui/TextField';

interface Props {
  title: string;
  onRename: (title: string) => Promise<object>;
  /** Called after saving and after canceling. */
  onDone: () => void;
}

/** Edits the title of an item in the list. Enter saves, Escape cancels. */
export function RenameItem({ title, onRename, onDone }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(title);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');

  useEffect(() => field.current?.select(), []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const name = text.trim();
    if (!name) {
      setError('Give it a title.');
      return;
    }
    setBusy(true);
    try {
      if (name !== title) await onRename(name);
      onDone();
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || isComposing(event)) return;
    event.preventDefault();
    event.stopPropagation();
    onDone();
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape gives up wherever the focus is in it
    <form onSubmit={(event) => void submit(event)} onKeyDown={press} noValidate>
      <TextField
        label={`New title for ${title}`}
        bare
        ref={field}
        maxLength={200}
        value={text}
        error={error}
        disabled={busy}
        onChange={(event) => {
          setText(event.target.value);
          setError('');
        }}
        action={
          <>
            <Button size="sm" look="quiet" disabled={busy} onClick={onDone}>
              Cancel
            </Button>
            <Button type="submit" size="sm" look="lit" busy={busy}>
              Save
            </Button>
          </>
        }
      />
    </form>
  );
}
