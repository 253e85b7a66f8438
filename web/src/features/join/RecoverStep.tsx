import { useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { RoomService } from '../../api/gen/services';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';

interface Props {
  roomId: string;
  secret: string;
  /** The room is recovered, or the person does not want it. */
  onDone: () => void;
}

/** Makes the person the owner by a recovery link. A press is needed: programs that fetch links must not do it. */
export function RecoverStep({ roomId, secret, onDone }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  // The secret must not stay in the address.
  const done = () => {
    history.replaceState(history.state, '', location.pathname + location.search);
    onDone();
  };
  const recover = async () => {
    setBusy(true);
    try {
      await call(RoomService.recoverRoom, { room: roomId, secret });
      done();
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };
  return (
    <>
      <p className="text-soft">This link makes you the owner of the room on this device.</p>
      {error && <Notice tone="bad">{error}</Notice>}
      <div className="flex flex-wrap gap-3">
        <Button look="lit" busy={busy} onClick={() => void recover()}>
          Take it back
        </Button>
        <Button onClick={done}>Join without that</Button>
      </div>
    </>
  );
}
