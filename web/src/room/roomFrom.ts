import { ApiError } from '../api/errors';
import type { RoomJson } from '../api/gen/syncwatch/room/v1/room_pb';

export type FoundRoom = RoomJson & { id: string; code: string };

/** The room of a response. Throws when the server left it out. */
export function roomFrom(room: RoomJson | undefined): FoundRoom {
  if (!room?.id || !room.code)
    throw new ApiError('The server’s answer has no room. Try again in a moment.', 500, 'INTERNAL');
  return { ...room, id: room.id, code: room.code };
}
