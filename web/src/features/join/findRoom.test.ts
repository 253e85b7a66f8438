import { beforeEach, expect, it, vi } from 'vitest';
import { callAsSelf } from '../../api/call';
import { ApiError } from '../../api/errors';
import { findRoom } from './findRoom';

vi.mock('../../api/call', () => ({ callAsSelf: vi.fn() }));
const asked = vi.mocked(callAsSelf);
const nothing = { invite: '', recovery: '' };
const room = { room: { id: 'room_1', code: 'abcd2345', name: 'Film night' } };
const fault = (reason: string) => new ApiError('no', 404, reason);

beforeEach(() => {
  asked.mockReset();
});

it('looks with the invite that the link carries', async () => {
  asked.mockResolvedValue(room);
  await expect(findRoom('abcd2345', { ...nothing, invite: 'wxyz6789' })).resolves.toMatchObject(room);
  expect(asked.mock.calls.map(([, input]) => input)).toEqual([{ room: 'abcd2345', invite: 'wxyz6789' }]);
});

it('leaves a bad invite to the door of a room that has one', async () => {
  asked.mockRejectedValueOnce(fault('INVITE_EXPIRED')).mockResolvedValueOnce(room);
  await expect(findRoom('abcd2345', { ...nothing, invite: 'wxyz6789' })).resolves.toMatchObject(room);
});

it('says what is wrong with the invite where the room cannot be seen without it', async () => {
  asked.mockRejectedValueOnce(fault('INVITE_EXPIRED')).mockRejectedValueOnce(fault('ROOM_NOT_FOUND'));
  await expect(findRoom('abcd2345', { ...nothing, invite: 'wxyz6789' })).rejects.toMatchObject({
    reason: 'INVITE_EXPIRED',
  });
});

it('opens the way back into a private room to the holder of its recovery link', async () => {
  asked.mockRejectedValue(fault('ROOM_NOT_FOUND'));
  await expect(findRoom('abcd2345', nothing)).rejects.toMatchObject({ reason: 'ROOM_NOT_FOUND' });
  await expect(findRoom('abcd2345', { ...nothing, recovery: 'secret' })).resolves.toEqual({
    room: { id: 'abcd2345', code: 'abcd2345' },
  });
});
