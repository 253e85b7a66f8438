import { useEffect, useState } from 'react';
import { WhyNot } from '../../features/permissions/WhyNot';
import { endVoice } from '../../features/voice/voiceStore';
import { RoomContext, useRoom } from '../../room/hooks';
import { RoomSession } from '../../room/session';
import { select } from '../../room/store';
import type { Tickets } from '../../room/tickets';
import { notify } from '../../ui/toasts';
import { ClosedRoom } from './ClosedRoom';
import { ManageRoom } from './ManageRoom';
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
      endVoice();
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
  const shownName = useRoom(select.settings.name) ?? name;
  useEffect(() => {
    if (status === 'closed') endVoice();
  }, [status]);
  if (status === 'closed') return <ClosedRoom roomName={shownName} />;
  return (
    <>
      <Room code={code} name={name} />
      <ManageRoom />
      <WhyNot />
    </>
  );
}
