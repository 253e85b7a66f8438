// The calls that this client makes, each once.
import type {
  CreateGuestResponseJson,
  FinishLoginResponseJson,
  FinishRegistrationResponseJson,
  StartLoginResponseJson,
  StartRegistrationResponseJson,
} from './gen/syncwatch/auth/v1/auth_pb';
import type { AddItemResponseJson, CheckSourceResponseJson, GetPlaybackInfoResponseJson } from './gen/syncwatch/media/v1/media_pb';
import type { ListMessagesResponseJson } from './gen/syncwatch/room/v1/chat_pb';
import type { CreateTicketResponseJson, JoinRoomResponseJson } from './gen/syncwatch/room/v1/member_pb';
import type { ListItemsResponseJson, UpdateItemResponseJson } from './gen/syncwatch/room/v1/playlist_pb';
import type {
  CreateRoomResponseJson,
  GetRoomResponseJson,
  ListRoomsResponseJson,
  PlaybackPolicyJson,
  ReclaimRoomResponseJson,
  RoomJson,
  TransferRoomResponseJson,
  UpdateRoomResponseJson,
  VisibilityJson,
} from './gen/syncwatch/room/v1/room_pb';
import type { GetPlaybackResponseJson } from './gen/syncwatch/sync/v1/playback_pb';
import { ApiError } from './errors';
import { path, query, request } from './http';
import { newId } from './ids';
import { adopt, authorized, forget, type Session } from './session';

function auth<T>(where: string, body: object): Promise<T> {
  return request<T>({ method: 'POST', path: where, body, cookies: true });
}

export async function signInAsGuest(displayName: string): Promise<Session> {
  const response = await auth<CreateGuestResponseJson>('/api/auth/guest', { displayName });
  return adopt(response.session);
}

export const opaque = {
  startRegistration: (username: string, registrationRequest: string) =>
    auth<StartRegistrationResponseJson>('/api/auth/opaque/registration/start', { username, registrationRequest }),
  finishRegistration: async (username: string, registrationRecord: string) =>
    adopt((await auth<FinishRegistrationResponseJson>('/api/auth/opaque/registration/finish', { username, registrationRecord })).session),
  startLogin: (username: string, startLoginRequest: string) =>
    auth<StartLoginResponseJson>('/api/auth/opaque/login/start', { username, startLoginRequest }),
  finishLogin: async (loginId: string, finishLoginRequest: string) =>
    adopt((await auth<FinishLoginResponseJson>('/api/auth/opaque/login/finish', { loginId, finishLoginRequest })).session),
};

export async function signOut(): Promise<void> {
  try {
    await auth('/api/auth/logout', {});
  } finally {
    forget();
  }
}

function present(room: RoomJson | undefined): RoomJson & { id: string; code: string } {
  if (!room?.id || !room.code) throw new ApiError('The server didn’t create the room. Try again in a moment.', 500, 'INTERNAL');
  return { ...room, id: room.id, code: room.code };
}

export async function createRoom(options: { name?: string; visibility: VisibilityJson; guestsForbidden?: boolean }) {
  const body = { ...options, requestId: newId() };
  return present((await authorized<CreateRoomResponseJson>({ method: 'POST', path: '/api/rooms', body })).room);
}

/** Anyone may look a room up, so a stale session is no hindrance. */
export async function getRoom(room: string, signal?: AbortSignal) {
  return present((await request<GetRoomResponseJson>({ method: 'GET', path: path`/api/rooms/${room}`, signal })).room);
}

export function listRooms(pageToken: string, signal?: AbortSignal) {
  return request<ListRoomsResponseJson>({ method: 'GET', path: `/api/rooms${query({ pageSize: 12, pageToken })}`, signal });
}

export function joinRoom(room: string) {
  return authorized<JoinRoomResponseJson>({ method: 'POST', path: path`/api/rooms/${room}/join`, body: {} });
}

export function leaveRoom(room: string) {
  return authorized<object>({ method: 'POST', path: path`/api/rooms/${room}/leave`, body: {} });
}

export async function updateRoom(room: string, change: { policy?: PlaybackPolicyJson; name?: string }): Promise<RoomJson> {
  return present((await authorized<UpdateRoomResponseJson>({ method: 'PATCH', path: path`/api/rooms/${room}`, body: change })).room);
}

export async function transferRoom(room: string, subjectId: string): Promise<RoomJson> {
  const where = path`/api/rooms/${room}/transfer`;
  return present((await authorized<TransferRoomResponseJson>({ method: 'POST', path: where, body: { subjectId } })).room);
}

export async function reclaimRoom(room: string): Promise<RoomJson> {
  const where = path`/api/rooms/${room}/reclaim`;
  return present((await authorized<ReclaimRoomResponseJson>({ method: 'POST', path: where, body: {} })).room);
}

export async function createTicket(room: string): Promise<string> {
  const response = await authorized<CreateTicketResponseJson>({ method: 'POST', path: path`/api/rooms/${room}/ticket`, body: {} });
  return response.ticket ?? '';
}

export function olderMessages(room: string, pageToken: string) {
  return authorized<ListMessagesResponseJson>({ method: 'GET', path: path`/api/rooms/${room}/chat` + query({ pageToken }) });
}

export function messagesAfter(room: string, afterMessageId: string) {
  const search = query({ afterMessageId, pageSize: 200 });
  return authorized<ListMessagesResponseJson>({ method: 'GET', path: path`/api/rooms/${room}/chat` + search });
}

/** Tells how a link will play in this page, without adding it. */
export function checkSource(url: string, signal?: AbortSignal) {
  const body = { url, pageOrigin: window.location.origin };
  return authorized<CheckSourceResponseJson>({ method: 'POST', path: '/api/media/check', body, signal });
}

export function addItem(room: string, from: { url: string; addAnyway?: boolean } | { testFilm: true }) {
  const body = { ...from, requestId: newId() };
  return authorized<AddItemResponseJson>({ method: 'POST', path: path`/api/rooms/${room}/playlist`, body });
}

/** Whether this page may open the room's WebSocket; the same address says so to a POST. */
export function checkSocket(room: string) {
  return request<void>({ method: 'POST', path: path`/ws/rooms/${room}` });
}

export function getPlayback(room: string) {
  return authorized<GetPlaybackResponseJson>({ method: 'GET', path: path`/api/rooms/${room}/playback` });
}

export function listItems(room: string) {
  return authorized<ListItemsResponseJson>({ method: 'GET', path: path`/api/rooms/${room}/playlist` });
}

export function removeItem(room: string, itemId: string) {
  return authorized<object>({ method: 'DELETE', path: path`/api/rooms/${room}/playlist/${itemId}` });
}

export function renameItem(room: string, itemId: string, title: string) {
  const where = path`/api/rooms/${room}/playlist/${itemId}`;
  return authorized<UpdateItemResponseJson>({ method: 'PATCH', path: where, body: { title, updateMask: 'title' } });
}

export function moveItem(room: string, itemId: string, afterItemId: string) {
  const where = path`/api/rooms/${room}/playlist/${itemId}/move`;
  return authorized<object>({ method: 'POST', path: where, body: { afterItemId } });
}

export function playbackInfo(room: string, itemId: string) {
  return authorized<GetPlaybackInfoResponseJson>({ method: 'GET', path: path`/api/rooms/${room}/playlist/${itemId}/playback` });
}
