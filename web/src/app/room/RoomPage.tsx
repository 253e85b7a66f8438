import { useEffect, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useStore } from 'zustand';
import { call } from '../../api/call';
import { ApiError, advice, explain } from '../../api/errors';
import { MemberService, PlaybackService, PlaylistService, RoomService } from '../../api/gen/services';
import { sessionStore } from '../../api/session';
import { ModeChoice } from '../../features/device/ModeChoice';
import { DoorCard } from '../../features/join/DoorCard';
import { NameDialog } from '../../features/join/NameDialog';
import { RecoverStep } from '../../features/join/RecoverStep';
import { Reopen } from '../../features/join/Reopen';
import { useDevice } from '../../room/device';
import { preconnect } from '../../room/player/preconnect';
import { type FoundRoom, roomFrom } from '../../room/roomFrom';
import { Tickets } from '../../room/tickets';
import { Button } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';
import { Message } from '../Message';
import { Shell } from '../Shell';
import { RoomView } from './RoomView';

type Found = { room: FoundRoom } | { error: unknown; room?: FoundRoom } | null;

/** Opens a room by its link: finds it, asks for a session, and joins. */
export default function RoomPage() {
  const { code = '' } = useParams();
  const [attempt, setAttempt] = useState(0);
  return <RoomDoor key={`${code} ${attempt}`} code={code} onRetry={() => setAttempt(attempt + 1)} />;
}

function RoomDoor({ code, onRetry }: { code: string; onRetry: () => void }) {
  const { status, session } = useStore(sessionStore);
  const [found, setFound] = useState<Found>(null);
  /** The secret of a recovery link, until it is used. */
  const [recovery, setRecovery] = useState(() => new URLSearchParams(location.hash.slice(1)).get('recover') ?? '');
  const [tickets, setTickets] = useState<Tickets | null>(null);
  const room = found && 'room' in found ? found.room : null;
  const subjectId = session?.subjectId;

  useEffect(() => {
    const abort = new AbortController();
    findRoom(code, abort.signal).then(
      (answer) => setFound({ room: answer }),
      (error: unknown) => {
        if (!abort.signal.aborted) setFound({ error });
      },
    );
    return () => abort.abort();
  }, [code]);

  const roomId = room?.id;
  useEffect(() => {
    if (!roomId || !subjectId || tickets || recovery) return;
    let gone = false;
    const ours = new Tickets({
      join: () => call(MemberService.joinRoom, { room: roomId }),
      create: () => createTicket(roomId),
      nowMs: () => performance.now(),
    });
    ours.join().then(
      () => {
        if (gone) return;
        setTickets(ours);
        if (useDevice.getState().mode === 'watch') void prepare(roomId);
      },
      (error: unknown) => {
        if (!gone) setFound((before) => ({ ...before, error }));
      },
    );
    return () => {
      gone = true;
    };
  }, [roomId, subjectId, tickets, recovery]);

  if (found && 'error' in found) {
    const own = found.room?.ownerId === subjectId ? found.room?.id : undefined;
    return <Refused error={found.error} ownRoomId={own} onRetry={onRetry} />;
  }
  if (!room || status === 'restoring') return <Opening />;
  if (tickets) return <RoomView roomId={room.id} tickets={tickets} code={room.code} name={room.name ?? ''} />;
  if (!session) return <NameDialog room={room} deviceChoice={<ModeChoice />} />;
  if (recovery) {
    return (
      <Shell>
        <DoorCard title={`Take “${room.name ?? 'this room'}” back?`}>
          <RecoverStep roomId={room.id} secret={recovery} onDone={() => setRecovery('')} />
        </DoorCard>
      </Shell>
    );
  }
  return <Opening />;
}

async function findRoom(room: string, signal: AbortSignal): Promise<FoundRoom> {
  return roomFrom((await call(RoomService.getRoom, { room }, signal)).room);
}

async function createTicket(room: string): Promise<string> {
  return (await call(MemberService.createTicket, { room })).ticket ?? '';
}

/** Fetches what the player will need while the room's WebSocket opens. */
function prepare(room: string): Promise<void> {
  return preconnect({
    playback: () => call(PlaybackService.getPlayback, { room }),
    playlist: () => call(PlaylistService.listItems, { room }),
    hlsPlayer: () => import('hls.js'),
    fetch: (url, how) => fetch(url, how),
  });
}

function Opening() {
  return (
    <div className="grid h-full place-items-center text-soft" role="status" aria-label="Opening the room">
      <Spinner size={28} />
    </div>
  );
}

interface RefusedProps {
  error: unknown;
  /** The room, for its owner. */
  ownRoomId: string | undefined;
  onRetry: () => void;
}

function Refused({ error, ownRoomId, onRetry }: RefusedProps) {
  const navigate = useNavigate();
  const reason = error instanceof ApiError ? error.reason : '';
  const missing = reason === 'ROOM_NOT_FOUND' || reason === 'INVALID_FIELD';
  const closed = reason === 'ROOM_CLOSED';
  const title = missing ? 'Room not found' : closed ? 'This room is closed' : 'You can’t join';
  useEffect(() => {
    document.title = `${title} – SyncWatch`;
  }, [title]);
  return (
    <Message
      title={title}
      actions={
        <>
          {reason === 'GUESTS_NOT_ALLOWED' && (
            <Button look="lit" onClick={() => void navigate(`/sign-in?next=${encodeURIComponent(location.pathname)}`)}>
              Sign in
            </Button>
          )}
          {closed && ownRoomId !== undefined && <Reopen roomId={ownRoomId} onOpen={onRetry} />}
          {!missing && !closed && reason !== 'GUESTS_NOT_ALLOWED' && (
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
