import { type FormEvent, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { explain } from '../../api/errors';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { TextField } from '../../ui/TextField';
import { CreateMore } from './CreateMore';
import { type Draft, faultsOf, NEW_DRAFT, passwordFrom, requestFrom } from './createDraft';
import { createRoom } from './startRoom';

/** Makes a room. Every choice can be changed later in the room's settings. */
export function CreateRoom({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(NEW_DRAFT);
  const [faults, setFaults] = useState<ReturnType<typeof faultsOf>>({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setFaults({});
    setError('');
  };

  const create = async (event: FormEvent) => {
    event.preventDefault();
    const found = faultsOf(draft, Date.now());
    setFaults(found);
    if (Object.keys(found).length > 0) {
      setError('Something has to be changed first. It is marked below.');
      for (const details of form.current?.querySelectorAll('details') ?? []) details.open = true;
      return;
    }
    setBusy(true);
    setError('');
    try {
      const room = await createRoom(requestFrom(draft), passwordFrom(draft));
      await navigate(`/r/${room.code}`);
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog
      title="New room"
      wide
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form="create-room" look="lit" busy={busy}>
            Create
          </Button>
        </>
      }
    >
      <form id="create-room" ref={form} onSubmit={(event) => void create(event)} noValidate className="grid gap-5">
        {error && <Notice tone="bad">{error}</Notice>}
        <TextField
          label="Name"
          placeholder="Made from your name if you leave it empty"
          maxLength={80}
          autoComplete="off"
          value={draft.name}
          onChange={(event) => change({ name: event.target.value })}
        />
        <CreateMore draft={draft} faults={faults} onChange={change} />
      </form>
    </Dialog>
  );
}
