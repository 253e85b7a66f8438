// Makes a room, with its first item. Without a session it signs in as a guest first. Each returns the room's code.
import { signInAsGuest } from '../../api/account';
import { call } from '../../api/call';
import { MediaService, RoomService } from '../../api/gen/services';
import type { CreateRoomRequestJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { suggestName } from '../../api/guestName';
import { newId } from '../../api/ids';
import { sessionStore } from '../../api/session';
import { type FoundRoom, roomFrom } from '../../room/roomFrom';

export async function createRoom(settings: Omit<CreateRoomRequestJson, 'requestId'>): Promise<FoundRoom> {
  if (!sessionStore.getState().session) await signInAsGuest(suggestName());
  return roomFrom((await call(RoomService.createRoom, { ...settings, requestId: newId() })).room);
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
