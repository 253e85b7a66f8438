import { expect, it } from 'vitest';
import { AuthService, ChatService, PlaylistService, RoomService } from './gen/services';
import { requestOf } from './http';

it('puts variables into the path, escaped, and the rest of a `*` binding into the body', () => {
  expect(requestOf(PlaylistService.moveItem, { room: 'a/b', itemId: 'item 1', afterItemId: '' })).toMatchObject({
    method: 'POST',
    path: '/api/rooms/a%2Fb/playlist/item%201/move',
    body: { afterItemId: '' },
  });
});

it('puts what a binding without a body has left into the query, without defaults', () => {
  const { method, path, body } = requestOf(ChatService.listMessages, {
    room: 'r',
    afterMessageId: 'msg_1',
    pageSize: 200,
    pageToken: '',
  });
  expect([method, path, body]).toEqual(['GET', '/api/rooms/r/chat?afterMessageId=msg_1&pageSize=200', undefined]);
});

it('sends an empty body where the contract has one', () => {
  expect(requestOf(RoomService.reclaimRoom, { room: 'r' })).toMatchObject({
    method: 'POST',
    path: '/api/rooms/r/reclaim',
    body: {},
  });
});

it('carries the refresh token in a cookie, and nothing else', () => {
  const exchanging = [AuthService.createGuest, AuthService.finishLogin, AuthService.refresh, AuthService.logout];
  expect(exchanging.map((rpc) => requestOf(rpc, {}).cookies)).toEqual([true, true, true, true]);
  expect(requestOf(AuthService.startLogin, {}).cookies).toBe(false);
});

it('knows which calls need no session', () => {
  expect(
    [RoomService.getRoom, RoomService.listRooms, RoomService.createRoom].map((rpc) => rpc.isPublic ?? false),
  ).toEqual([true, true, false]);
});
