import type { Closed } from '../closed';
import type { ConnectionStatus } from '../connection';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface Connection {
  status: ConnectionStatus;
  /** Why it is closed for good; null otherwise. */
  closed: Closed | null;
  /** Of this connection, or of the last one; empty before the first. */
  sessionId: string;
  /** How often the server wants reports of the player, in milliseconds; 0: it did not say. */
  heartbeatMs: number;
}

export const connection = {
  initial: { status: 'connecting', closed: null, sessionId: '', heartbeatMs: 0 },
  receive: (state, { welcome }) =>
    welcome ? { ...state, sessionId: welcome.sessionId ?? '', heartbeatMs: welcome.heartbeatIntervalMs ?? 0 } : state,
  select: {
    status: (room: RoomState) => room.connection.status,
    isOnline: (room: RoomState) => room.connection.status === 'online',
    isOffline: (room: RoomState) => room.connection.status === 'offline',
    closed: (room: RoomState) => room.connection.closed,
    sessionId: (room: RoomState) => room.connection.sessionId,
    /** The room has answered at least once. */
    wasOnline: (room: RoomState) => room.connection.sessionId !== '',
  },
} satisfies Slice<Connection>;
