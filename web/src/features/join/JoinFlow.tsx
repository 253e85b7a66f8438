import { type ReactNode, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { call } from '../../api/call';
import { MemberService } from '../../api/gen/services';
import type { JoinRoomResponseJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import { proveRoomPassword } from '../../api/roomPassword';
import { type Session, sessionStore } from '../../api/session';
import { deviceId } from '../../room/deviceId';
import type { FoundRoom } from '../../room/roomFrom';
import { Spinner } from '../../ui/Spinner';
import { AboutRoom } from './AboutRoom';
import { AskStep } from './AskStep';
import { DoorCard } from './DoorCard';
import { Door } from './door';
import type { Found } from './findRoom';
import { NameStep } from './NameStep';
import { PasswordStep } from './PasswordStep';
import { RecoverStep } from './RecoverStep';
import { StoppedStep } from './StoppedStep';
import type { Stop } from './stop';
import { stopTitle } from './stopWords';
import { WaitingStep } from './WaitingStep';

interface Props {
  found: Found;
  /** Code of an invite; empty: none. */
  invite: string;
  /** Secret of a recovery link; empty: none. */
  recovery: string;
  deviceChoice: ReactNode;
  onIn: (joined: JoinRoomResponseJson) => void;
  /** The recovery link was used, or is not wanted: the room is to be looked at anew. */
  onRecovered: () => void;
}

/** The way into a room, step by step, by what the server says is missing. */
export function JoinFlow({ found, invite, recovery, deviceChoice, onIn, onRecovered }: Props) {
  const { status, session } = useStore(sessionStore);
  const { room } = found;
  const name = room.name ?? 'this room';
  const about = <AboutRoom room={room} live={found.live} />;

  useEffect(() => {
    document.title = `${name} – SyncWatch`;
  }, [name]);

  if (status === 'restoring') return <Opening />;
  if (!session) {
    const stop = stopOfNewcomers(found);
    if (stop) return <Stopped stop={stop} room={room} isOwner={false} onRetry={() => location.reload()} />;
    return (
      <DoorCard key="name" title={`Join “${name}”`} about={about}>
        <NameStep code={room.code} deviceChoice={deviceChoice} />
      </DoorCard>
    );
  }
  if (recovery) {
    return (
      <DoorCard key="recover" title={`Take “${name}” back?`}>
        <RecoverStep roomId={room.id} secret={recovery} onDone={onRecovered} />
      </DoorCard>
    );
  }
  return <AtTheDoor key={session.subjectId} {...{ room, session, invite, about, onIn }} />;
}

interface AtTheDoorProps extends Pick<Props, 'invite' | 'onIn'> {
  room: FoundRoom;
  session: Session;
  about: ReactNode;
}

function AtTheDoor({ room, session, invite, about, onIn }: AtTheDoorProps) {
  const [door, setDoor] = useState<Door | null>(null);
  useEffect(() => {
    const ours = doorOf(room.id, invite);
    setDoor(ours);
    void ours.knock();
    return () => ours.destroy();
  }, [room.id, invite]);
  return door ? <Steps {...{ door, room, session, about, onIn }} /> : <Opening />;
}

function Steps({ door, room, session, about, onIn }: Omit<AtTheDoorProps, 'invite'> & { door: Door }) {
  const step = useStore(door.step);
  const joined = step.kind === 'in' ? step.joined : null;
  useEffect(() => {
    if (joined) onIn(joined);
  }, [joined, onIn]);
  const name = room.name ?? 'this room';
  switch (step.kind) {
    case 'joining':
    case 'in':
      return <Opening />;
    case 'password':
      return (
        <DoorCard key="password" title={`Join “${name}”`} about={about}>
          <PasswordStep error={step.error} onSubmit={(password) => void door.givePassword(password)} />
        </DoorCard>
      );
    case 'ask':
      return (
        <DoorCard key="ask" title={`Join “${name}”`} about={about}>
          <AskStep name={session.displayName} onAsk={(message) => void door.ask(message)} />
        </DoorCard>
      );
    case 'waiting':
      return (
        <DoorCard key="waiting" title={`Waiting to join “${name}”`} about={about}>
          <WaitingStep request={step.request} onWithdraw={() => void door.withdraw()} />
        </DoorCard>
      );
    case 'stopped':
      return (
        <Stopped
          stop={step.stop}
          room={room}
          isOwner={room.ownerId === session.subjectId}
          onRetry={() => void door.knock()}
          onWithoutInvite={() => void door.withoutInvite()}
        />
      );
  }
}

interface StoppedProps {
  stop: Stop;
  room: FoundRoom;
  isOwner: boolean;
  onRetry: () => void;
  onWithoutInvite?: () => void;
}

function Stopped({ stop, room, isOwner, onRetry, onWithoutInvite = onRetry }: StoppedProps) {
  const name = room.name ?? '';
  const title = stopTitle(stop);
  useEffect(() => {
    document.title = `${title} – SyncWatch`;
  }, [title]);
  return (
    <DoorCard key={stop.why} title={title}>
      <StoppedStep {...{ stop, room: { id: room.id, code: room.code, name }, isOwner, onRetry, onWithoutInvite }} />
    </DoorCard>
  );
}

export function Opening() {
  return (
    <div className="grid grow place-items-center text-soft" role="status" aria-label="Opening the room">
      <Spinner size={28} />
    </div>
  );
}

/** What keeps everybody without a session out, so that nobody chooses a name in vain. */
function stopOfNewcomers({ access, room }: Found): Stop | null {
  const stop = { untilMs: null, by: '', note: '', capacity: 0, error: null };
  if (access === 'ACCESS_STATE_SIGN_IN' || room.guestsForbidden) return { ...stop, why: 'sign-in' };
  if (access === 'ACCESS_STATE_CLOSED' || room.closed) return { ...stop, why: 'closed' };
  return null;
}

function doorOf(room: string, invite: string): Door {
  return new Door(
    {
      join: (input) => call(MemberService.joinRoom, { room, ...input }),
      state: () => call(MemberService.getJoinState, { room, deviceId: deviceId() }),
      withdraw: () => call(MemberService.cancelJoinRequest, { room }),
      prove: (password) => proveRoomPassword(room, password),
      deviceId: deviceId(),
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    invite,
  );
}
