// Makes a room, with its first item. Without a session it signs in as a guest first. Each returns the room's code.
import { signInAsGuest } from '../../api/account';
import { call } from '../../api/call';
import { MediaService, RoomService } from '../../api/gen/services';
import type { CreateRoomRequestJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { suggestName } from '../../api/guestName';
import { newId } from '../../api/ids';
import { setRoomPassword } from '../../api/roomPassword';
import { sessionStore } from '../../api/session';
import { type FoundRoom, roomFrom } from '../../room/roomFrom';

type Settings = Omit<CreateRoomRequestJson, 'requestId'>;

/** An empty password is none. */
export async function createRoom(settings: Settings, password = ''): Promise<FoundRoom> {
  if (!sessionStore.getState().session) await signInAsGuest(suggestName());
  // The password can only be set once the room exists, and no list shows a room that still lacks its password.
  const isListed = settings.visibility === 'VISIBILITY_PUBLIC';
  const first = password && isListed ? { ...settings, visibility: 'VISIBILITY_UNLISTED' as const } : settings;
  const room = roomFrom((await call(RoomService.createRoom, { ...first, requestId: newId() })).room);
  if (!password) return room;
  try {
    await setRoomPassword(room.id, password);
    if (isListed)
      await call(RoomService.updateRoom, {
        room: room.id,
        visibility: 'VISIBILITY_PUBLIC',
        updateMask: 'visibility',
      });
  } catch (error) {
    // No room is left behind that anyone could enter. The reason for the failure is the first error.
    await call(RoomService.deleteRoom, { room: room.id }).catch(() => undefined);
    throw error;
  }
  return room;
}

/** Makes a room with a link, and none for a link that nobody can play. Returns its code. */
export async function watchLink(url: string): Promise<string> {
  if (!sessionStore.getState().session) await signInAsGuest(suggestName());
  // A mistake in a link must not count against the number of rooms that a person can make.
  await call(MediaService.checkSource, { url, pageOrigin: window.location.origin });
  return watch({ url });
}

/** Makes a room with the test film. Returns its code. */
export async function watchTestFilm(): Promise<string> {
  if (!sessionStore.getState().session) await signInAsGuest(suggestName());
  return watch({ testFilm: true });
}

async function watch(what: { url: string } | { testFilm: true }): Promise<string> {
  const { room } = await call(MediaService.createRoomWithItem, { ...what, room: { requestId: newId() } });
  return roomFrom(room).code;
}
