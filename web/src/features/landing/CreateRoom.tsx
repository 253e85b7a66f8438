import { Globe, Plus } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { signInAsGuest } from '../../api/account';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { RoomService } from '../../api/gen/services';
import { suggestName } from '../../api/guestName';
import { newId } from '../../api/ids';
import { sessionStore } from '../../api/session';
import { roomFrom } from '../../room/roomFrom';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';

/** Creates a room with one click. Without a session it signs in as a guest first. */
export function CreateRoom() {
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const [open, setOpen] = useState(false);

  const create = async () => {
    setBusy(true);
    setError('');
    try {
      if (!sessionStore.getState().session) await signInAsGuest(suggestName());
      const { room } = await call(RoomService.createRoom, {
        visibility: open ? 'VISIBILITY_PUBLIC' : 'VISIBILITY_UNLISTED',
        requestId: newId(),
      });
      await navigate(`/r/${roomFrom(room).code}`);
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };

  return (
    <div>
      <Button look="lit" size="lg" busy={busy} className="w-full" onClick={() => void create()}>
        {!busy && <Plus size={22} aria-hidden />}
        Create a room
      </Button>
      <label className="mt-3 flex cursor-pointer items-center gap-2.5 text-sm text-soft">
        <input
          type="checkbox"
          checked={open}
          onChange={(event) => setOpen(event.target.checked)}
          className="size-4 accent-accent"
        />
        <Globe size={16} aria-hidden />
        List it as a public room
      </label>
      {error && (
        <div className="mt-3">
          <Notice tone="bad">{error}</Notice>
        </div>
      )}
    </div>
  );
}
