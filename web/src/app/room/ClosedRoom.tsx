import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { REMOVED_PATH, type RemovedFrom } from '../../features/join/removed';
import { removalFrom } from '../../room/closed';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Message } from '../Message';

/** After the server closed the connection for good. Whoever was sent out goes to a page without the room's code. */
export function ClosedRoom({ roomName }: { roomName: string }) {
  const navigate = useNavigate();
  const closed = useRoom(select.connection.closed);
  const removal = closed && removalFrom(closed);
  useEffect(() => {
    if (removal) void navigate(REMOVED_PATH, { replace: true, state: { ...removal, roomName } satisfies RemovedFrom });
  });
  if (removal) return null;
  return (
    <Message
      title="You’re no longer in this room"
      actions={
        <>
          <Button look="lit" onClick={() => location.reload()}>
            Open the room again
          </Button>
          <Button onClick={() => void navigate('/')}>Go to home page</Button>
        </>
      }
    >
      {closed?.text || 'Your visit has ended. Open the room again to rejoin.'}
    </Message>
  );
}
