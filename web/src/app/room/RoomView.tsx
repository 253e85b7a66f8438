import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { RoomContext, useRoom } from '../../room/hooks';
import { RoomSession } from '../../room/session';
import { select } from '../../room/store';
import type { Tickets } from '../../room/tickets';
import { Button } from '../../ui/Button';
import { notify } from '../../ui/toasts';
import { Message } from '../Message';
import { Room } from './Room';

interface Props {
  roomId: string;
  tickets: Tickets;
  code: string;
  name: string;
}

/** A visit to a room: its session, and what the page shows of it. */
export function RoomView({ roomId, tickets, code, name }: Props) {
  const [session, setSession] = useState<RoomSession | null>(null);
  useEffect(() => {
    const opened = new RoomSession(roomId, tickets, notify);
    setSession(opened);
    return () => {
      opened.destroy();
      setSession(null);
    };
  }, [roomId, tickets]);
  if (!session) return null;
  return (
    <RoomContext value={session}>
      <Visit code={code} name={name} />
    </RoomContext>
  );
}

function Visit({ code, name }: { code: string; name: string }) {
  const status = useRoom(select.connection.status);
  return status === 'closed' ? <Closed /> : <Room code={code} name={name} />;
}

function Closed() {
  const navigate = useNavigate();
  const reason = useRoom(select.connection.closedReason);
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
      {reason || 'Your visit has ended. Open the room again to rejoin.'}
    </Message>
  );
}
