import { useCallback, useEffect, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useStore } from 'zustand';
import { call } from '../../api/call';
import { ApiError, advice, explain } from '../../api/errors';
import { MemberService, PlaybackService, PlaylistService } from '../../api/gen/services';
import type { JoinRoomResponseJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import { sessionStore } from '../../api/session';
import { ModeChoice } from '../../features/device/ModeChoice';
import { type Found, findRoom } from '../../features/join/findRoom';
import { JoinFlow, Opening } from '../../features/join/JoinFlow';
import { signInPath } from '../../features/join/signInPath';
import { useDevice } from '../../room/device';
import { deviceId } from '../../room/deviceId';
import { preconnect } from '../../room/player/preconnect';
import { Tickets } from '../../room/tickets';
import { Button } from '../../ui/Button';
import { Message } from '../Message';
import { Shell } from '../Shell';
import { RoomView } from './RoomView';

type State = { found: Found } | { error: unknown } | null;

/** Opens a room by its link: finds it, and joins. */
export default function RoomPage() {
  const { code = '' } = useParams();
  const [attempt, setAttempt] = useState(0);
  return <RoomDoor key={`${code} ${attempt}`} code={code} onRetry={() => setAttempt(attempt + 1)} />;
}

function RoomDoor({ code, onRetry }: { code: string; onRetry: () => void }) {
  const [query, setQuery] = useSearchParams();
  const [invite] = useState(() => query.get('invite') ?? '');
  const [recovery] = useState(() => new URLSearchParams(location.hash.slice(1)).get('recover') ?? '');
  const [state, setState] = useState<State>(null);
  const [tickets, setTickets] = useState<Tickets | null>(null);

  useEffect(() => {
    const abort = new AbortController();
    findRoom(code, { invite, recovery }, abort.signal).then(
      (found) => setState({ found }),
      (error: unknown) => {
        if (!abort.signal.aborted) setState({ error });
      },
    );
    return () => abort.abort();
  }, [code, invite, recovery]);

  const roomId = state && 'found' in state ? state.found.room.id : '';
  const enter = useCallback(
    (joined: JoinRoomResponseJson) => {
      const ours = ticketsOf(roomId);
      ours.keep(joined);
      setTickets(ours);
      // Nobody should pass the invite on with the address by accident.
      if (invite) setQuery({}, { replace: true });
      if (useDevice.getState().mode === 'watch') void prepare(roomId);
    },
    [roomId, invite, setQuery],
  );

  if (state && 'error' in state) return <Refused code={code} error={state.error} onRetry={onRetry} />;
  if (!state) {
    return (
      <Shell>
        <Opening />
      </Shell>
    );
  }
  const { room } = state.found;
  if (tickets) return <RoomView roomId={room.id} tickets={tickets} code={room.code} name={room.name ?? ''} />;
  return (
    <Shell>
      <JoinFlow
        found={state.found}
        invite={invite}
        recovery={recovery}
        deviceChoice={<ModeChoice />}
        onIn={enter}
        onRecovered={onRetry}
      />
    </Shell>
  );
}

function ticketsOf(room: string): Tickets {
  return new Tickets({
    join: () => call(MemberService.joinRoom, { room, deviceId: deviceId() }),
    create: async () => (await call(MemberService.createTicket, { room })).ticket ?? '',
    nowMs: () => performance.now(),
  });
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

function Refused({ code, error, onRetry }: { code: string; error: unknown; onRetry: () => void }) {
  const navigate = useNavigate();
  const reason = error instanceof ApiError ? error.reason : '';
  // A private room is found by those whom it knows.
  const isUnknown = useStore(sessionStore, ({ session }) => session === null || session.guest);
  const missing = reason === 'ROOM_NOT_FOUND' || reason === 'INVALID_FIELD';
  const title = missing ? 'Room not found' : 'You can’t join';
  useEffect(() => {
    document.title = `${title} – SyncWatch`;
  }, [title]);
  return (
    <Message
      title={title}
      actions={
        <>
          {!missing && (
            <Button look="lit" onClick={onRetry}>
              Try again
            </Button>
          )}
          {missing && isUnknown && <Button onClick={() => void navigate(signInPath(code))}>Sign in</Button>}
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
