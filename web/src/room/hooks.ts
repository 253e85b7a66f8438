// How components reach the room that they are shown in.
import { createContext, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { PermissionJson } from '../api/gen/syncwatch/room/v1/member_pb';
import { secondsLeft } from './ownership';
import type { RoomSession } from './session';
import { access } from './slices/access';
import type { RoomState } from './store';

export const RoomContext = createContext<RoomSession | null>(null);

export function useRoomSession(): RoomSession {
  const session = useContext(RoomContext);
  if (!session) throw new Error('a part of the room is shown outside of one');
  return session;
}

/** The selector must return the same value for the same state: no new arrays or objects. */
export function useRoom<T>(select: (room: RoomState) => T): T {
  return useStore(useRoomSession().store, select);
}

export function useMay(permission: PermissionJson): boolean {
  return useRoom((room) => access.select.may(room, permission));
}

const COUNT_EVERY_MS = 250;

/** Whole seconds until an instant of the server's clock; 0 once it is over. */
export function useCountdown(untilServerMs: number): number {
  const session = useRoomSession();
  const [left, setLeft] = useState(() => secondsLeft(untilServerMs, session.serverNowMs()));
  useEffect(() => {
    const read = () => {
      const now = secondsLeft(untilServerMs, session.serverNowMs());
      setLeft(now);
      if (now === 0) clearInterval(timer);
    };
    const timer = setInterval(read, COUNT_EVERY_MS);
    read();
    return () => clearInterval(timer);
  }, [session, untilServerMs]);
  return left;
}
