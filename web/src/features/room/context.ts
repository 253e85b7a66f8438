import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { PermissionJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import type { RoomSession } from './roomSession';
import type { RoomState } from './state';

export const RoomContext = createContext<RoomSession | null>(null);

export function useRoomSession(): RoomSession {
  const session = useContext(RoomContext);
  if (!session) throw new Error('a part of the room is shown outside of one');
  return session;
}

/** The selector must give the same thing for the same state: no new arrays or objects. */
export function useRoom<T>(select: (state: RoomState) => T): T {
  return useStore(useRoomSession().store, select);
}

export function useMay(permission: PermissionJson): boolean {
  return useRoom((state) => state.permissions.includes(permission));
}
