import { useEffect, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useStore } from 'zustand';
import { Message } from '../../app/Message';
import { createTicket, getPlayback, getRoom, joinRoom, listItems } from '../../api/endpoints';
import { advice, ApiError, explain } from '../../api/errors';
import type { RoomJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { sessionStore } from '../../api/session';
import { Button } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';
import { useDevice } from '../device/device';
import { headStart } from './headStart';
import { NameDialog } from './NameDialog';
import { RoomView } from './RoomView';
import { Tickets } from './tickets';

type Found = { room: RoomJson & { id: string; code: string } } | { error: unknown } | null;

/** From the link into the room: finds it, makes sure of a session, joins. */
export default function RoomPage() {
  const { code = '' } = useParams();
  const [attempt, setAttempt] = useState(0);
  return <RoomDoor key={`${code} ${attempt}`} code={code} onRetry={() => setAttempt(attempt + 1)} />;
}

function RoomDoor({ code, onRetry }: { code: string; onRetry: () => void }) {
  const { status, session } = useStore(sessionStore);
  const [found, setFound] = useState<Found>(null);
  const [tickets, setTickets] = useState<Tickets | null>(null);
  const room = found && 'room' in found ? found.room : null;
  const subjectId = session?.subjectId;

  useEffect(() => {
    const abort = new AbortController();
    getRoom(code, abort.signal).then(
      (answer) => setFound({ room: answer }),
      (error: unknown) => {
        if (!abort.signal.aborted) setFound({ error });
      },
    );
    return () => abort.abort();
  }, [code]);

  const roomId = room?.id;
  useEffect(() => {
    if (!roomId || !subjectId || tickets) return;
    let gone = false;
    const ours = new Tickets({ join: () => joinRoom(roomId), create: () => createTicket(roomId), nowMs: () => performance.now() });
    ours.join().then(
      () => {
        if (gone) return;
        setTickets(ours);
        if (useDevice.getState().mode !== 'watch') return;
        void headStart({ playback: () => getPlayback(roomId), playlist: () => listItems(roomId), hlsPlayer: () => import('hls.js'), fetch: (url, how) => fetch(url, how) });
      },
      (error: unknown) => {
        if (!gone) setFound({ error });
      },
    );
    return () => {
      gone = true;
    };
  }, [roomId, subjectId, tickets]);

  if (found && 'error' in found) return <Refused error={found.error} onRetry={onRetry} />;
  if (!room || status === 'restoring') return <Opening />;
  if (tickets) return <RoomView roomId={room.id} tickets={tickets} code={room.code} name={room.name ?? ''} />;
  if (!session) return <NameDialog room={room} />;
  return <Opening />;
}

function Opening() {
  return (
    <div className="grid h-full place-items-center text-soft" role="status" aria-label="Opening the room">
      <Spinner size={28} />
    </div>
  );
}

function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const navigate = useNavigate();
  const reason = error instanceof ApiError ? error.reason : '';
  const missing = reason === 'ROOM_NOT_FOUND' || reason === 'INVALID_FIELD';
  useEffect(() => {
    document.title = missing ? 'Room not found – SyncWatch' : 'You can’t join – SyncWatch';
  }, [missing]);
  return (
    <Message
      title={missing ? 'Room not found' : 'You can’t join'}
      actions={
        <>
          {reason === 'GUESTS_NOT_ALLOWED' && (
            <Button look="lit" onClick={() => void navigate(`/sign-in?next=${encodeURIComponent(location.pathname)}`)}>
              Sign in
            </Button>
          )}
          {!missing && reason !== 'GUESTS_NOT_ALLOWED' && (
            <Button look="lit" onClick={onRetry}>
              Try again
            </Button>
          )}
          <Button look={missing ? 'lit' : 'glass'} onClick={() => void navigate('/')}>
            Go to home page
          </Button>
        </>
      }
    >
      {missing ? advice('ROOM_NOT_FOUND', '') : explain(error)}
    </Message>
  );
}
