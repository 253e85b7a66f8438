// Finds a room by its code, as the person who looks: a private room shows itself to its members and the invited alone.
import { callAsSelf } from '../../api/call';
import { ApiError } from '../../api/errors';
import { RoomService } from '../../api/gen/services';
import type { GetRoomResponseJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { type FoundRoom, roomFrom } from '../../room/roomFrom';

export interface Found extends Omit<GetRoomResponseJson, 'room'> {
  room: FoundRoom;
}

const INVITE_FAULTS: readonly string[] = ['INVITE_NOT_FOUND', 'INVITE_EXPIRED', 'INVITE_USED_UP'];

/**
 * `invite` and `recovery` are empty for none. An invite that is no longer good is left to the door, which says why, except
 * where the room has no door without it. The holder of a recovery link need not find the room: the link opens it.
 */
export async function findRoom(
  code: string,
  { invite, recovery }: { invite: string; recovery: string },
  signal?: AbortSignal,
): Promise<Found> {
  const look = async (withInvite: string): Promise<Found> => {
    const answer = await callAsSelf(RoomService.getRoom, { room: code, invite: withInvite }, signal);
    return { ...answer, room: roomFrom(answer.room) };
  };
  try {
    return await look(invite);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === 'ROOM_NOT_FOUND' && recovery) return { room: { id: code, code } };
    if (!invite || !INVITE_FAULTS.includes(reason)) throw error;
    try {
      return await look('');
    } catch (without) {
      throw reasonOf(without) === 'ROOM_NOT_FOUND' ? error : without;
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof ApiError ? error.reason : '';
}
