import { useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { RoomService } from '../../api/gen/services';
import { useRoom } from '../../room/hooks';
import type { Person } from '../../room/people';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';

/** Asks before handing the room over, since only the new owner can undo it. */
export function HandOver({ person, onClose }: { person: Person; onClose: () => void }) {
  const roomId = useRoom(select.settings.roomId);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');

  const hand = async () => {
    setBusy(true);
    try {
      await call(RoomService.transferRoom, { room: roomId, subjectId: person.id });
      onClose();
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog title={`Make ${person.name} the owner?`} onClose={onClose}>
      <p className="text-soft">
        {person.name} will be able to change the settings and choose the next owner. You’ll stay in the room, but only{' '}
        {person.name} can make you the owner again.
      </p>
      {error && (
        <div className="mt-4">
          <Notice tone="bad">{error}</Notice>
        </div>
      )}
      <div className="mt-6 flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Button look="lit" busy={busy} onClick={() => void hand()}>
          Make owner
        </Button>
      </div>
    </Dialog>
  );
}
