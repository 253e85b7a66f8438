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
  const first = password ? { ...settings, visibility: 'VISIBILITY_UNLISTED' as const } : settings;
  const room = roomFrom((await call(RoomService.createRoom, { ...first, requestId: newId() })).room);
  if (!password) return room;
  try {
    await setRoomPassword(room.id, password);
    if (settings.visibility !== first.visibility)
      await call(RoomService.updateRoom, {
        room: room.id,
        visibility: settings.visibility ?? 'VISIBILITY_UNSPECIFIED',
        updateMask: 'visibility',
      });
  } catch (error) {
    // No room is left behind that anyone could enter. The reason for the failure is the first error.
    await call(RoomService.deleteRoom, { room: room.id }).catch(() => undefined);
    throw error;
  }
  return room;
}

/** The link is checked first, so that a link which nobody can play leaves no empty room behind. */
export async function watchLink(url: string): Promise<string> {
  if (!sessionStore.getState().session) await signInAsGuest(suggestName());
  await call(MediaService.checkSource, { url, pageOrigin: window.location.origin });
  const room = await createRoom({});
  await call(MediaService.addItem, { room: room.id, url, requestId: newId() });
  return room.code;
}

export async function watchTestFilm(): Promise<string> {
  const room = await createRoom({});
  await call(MediaService.addItem, { room: room.id, testFilm: true, requestId: newId() });
  return room.code;
}
