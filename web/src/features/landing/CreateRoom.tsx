import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { explain } from '../../api/errors';
import type { VisibilityJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Check';
import { Choice, type Option } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { TextField } from '../../ui/TextField';
import { createRoom } from './startRoom';

const WHO_FINDS: readonly Option<Exclude<VisibilityJson, 'VISIBILITY_UNSPECIFIED'>>[] = [
  { value: 'VISIBILITY_UNLISTED', label: 'Anyone with the link', hint: 'The room is in no list' },
  { value: 'VISIBILITY_PUBLIC', label: 'Everyone', hint: 'It is listed on the front page' },
];

/** Makes a room. Every choice can be changed later in the room's settings. */
export function CreateRoom({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [visibility, setVisibility] = useState<(typeof WHO_FINDS)[number]['value']>('VISIBILITY_UNLISTED');
  const [guests, setGuests] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');

  const create = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      const room = await createRoom({ name: name.trim(), visibility, guestsForbidden: !guests });
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
      <form id="create-room" onSubmit={(event) => void create(event)} className="grid gap-5">
        <TextField
          label="Name"
          placeholder="Made from your name if you leave it empty"
          maxLength={80}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Choice label="Who finds it" options={WHO_FINDS} value={visibility} onChange={setVisibility} />
        <Check
          label="People without an account may come in"
          hint="They choose a name, and are shown as guests."
          checked={guests}
          onChange={setGuests}
        />
        {error && <Notice tone="bad">{error}</Notice>}
      </form>
    </Dialog>
  );
}
