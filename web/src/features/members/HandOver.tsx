import { useState } from 'react';
import { transferRoom } from '../../api/endpoints';
import { explain } from '../../api/errors';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { useRoom } from '../room/context';
import type { Person } from './people';

/** Asks before the room goes to someone else: it does not come back by itself. */
export function HandOver({ person, onClose }: { person: Person; onClose: () => void }) {
  const roomId = useRoom((state) => state.room?.id ?? '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');

  const hand = async () => {
    setBusy(true);
    try {
      await transferRoom(roomId, person.id);
      onClose();
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog title={`Make ${person.name} the owner?`} onClose={onClose}>
      <p className="text-soft">{person.name} can then change the settings and hand the room on. You stay in it, and get it back only if {person.name} gives it to you.</p>
      {error && (
        <div className="mt-4">
          <Notice tone="bad">{error}</Notice>
        </div>
      )}
      <div className="mt-6 flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          Keep it
        </Button>
        <Button look="lit" busy={busy} onClick={() => void hand()}>
          Hand it over
        </Button>
      </div>
    </Dialog>
  );
}
