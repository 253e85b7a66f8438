import { useState } from 'react';
import { useNavigate } from 'react-router';
import { call } from '../../api/call';
import { RoomService } from '../../api/gen/services';
import { useAction, useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import { TextField } from '../../ui/TextField';

/** Closes the room, or deletes it. */
export function RoomLife() {
  const mayClose = useMay('PERMISSION_MANAGE_SETTINGS');
  const mayDelete = useMay('PERMISSION_DELETE_ROOM');
  return (
    <>
      {mayClose && <Close />}
      {mayDelete && <Delete />}
    </>
  );
}

function Close() {
  const room = useRoom(select.settings.roomId);
  const [sure, setSure] = useState(false);
  const { busy, error, run } = useAction();
  return (
    <section aria-label="Close the room" className="grid gap-3">
      <h3 className="text-title">Close the room</h3>
      <p className="text-sm text-soft">
        Everybody leaves, you too, and nobody can join until it is opened again from its link. Videos, chat and members
        stay.
      </p>
      {error && <Notice tone="bad">{error}</Notice>}
      <Button
        look={sure ? 'danger' : 'glass'}
        className="justify-self-start"
        busy={busy}
        onClick={() => (sure ? void run(() => call(RoomService.closeRoom, { room })) : setSure(true))}
      >
        {sure ? 'Close it now' : 'Close room …'}
      </Button>
    </section>
  );
}

function Delete() {
  const navigate = useNavigate();
  const room = useRoom(select.settings.roomId);
  const name = useRoom(select.settings.name) ?? '';
  const [typed, setTyped] = useState('');
  const { busy, error, run } = useAction();
  const remove = async () => {
    if (await run(() => call(RoomService.deleteRoom, { room }))) void navigate('/', { replace: true });
  };
  return (
    <section aria-label="Delete the room" className="grid gap-3">
      <h3 className="text-title">Delete the room</h3>
      <p className="text-sm text-soft">
        The room goes with its videos, chat and members. This can’t be undone. To delete it, type its name: {name}
      </p>
      <TextField
        label="Name of the room"
        autoComplete="off"
        value={typed}
        error={error}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button
        look="danger"
        className="justify-self-start"
        busy={busy}
        disabled={typed.trim() !== name}
        onClick={() => void remove()}
      >
        Delete room
      </Button>
    </section>
  );
}
