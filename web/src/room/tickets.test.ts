import { expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import type { JoinRoomResponseJson } from '../api/gen/syncwatch/room/v1/member_pb';
import { Tickets } from './tickets';

const MEMBER = { subjectId: 'guest_mia' };

function made() {
  let nowMs = 0;
  const join = vi.fn(
    (): Promise<JoinRoomResponseJson> =>
      Promise.resolve({ member: MEMBER, ticket: `joined ${join.mock.calls.length}` }),
  );
  const create = vi.fn(() => Promise.resolve(`created ${create.mock.calls.length}`));
  const tickets = new Tickets({ join, create, nowMs: () => nowMs });
  return { tickets, join, create, pass: (ms: number) => (nowMs += ms) };
}

it('uses the ticket of JoinRoom for the first socket, and new ones later', async () => {
  const { tickets, create } = made();
  tickets.keep({ member: MEMBER, ticket: 'first' });
  expect(await tickets.take()).toBe('first');
  expect(create).not.toHaveBeenCalled();
  expect(await tickets.take()).toBe('created 1');
});

it('does not use a ticket that has become too old', async () => {
  const { tickets, pass } = made();
  tickets.keep({ member: MEMBER, ticket: 'first' });
  pass(20_000);
  expect(await tickets.take()).toBe('created 1');
});

it('creates a ticket when joining returned none', async () => {
  const { tickets } = made();
  tickets.keep({ member: MEMBER, ticket: '' });
  expect(await tickets.take()).toBe('created 1');
});

it('joins again when this person is no longer a member, and only then', async () => {
  const { tickets, join, create } = made();
  create.mockRejectedValueOnce(new ApiError('you have not joined this room', 403, 'NOT_A_MEMBER'));
  expect(await tickets.take()).toBe('joined 1');
  create.mockRejectedValueOnce(new ApiError('there is no such room', 404, 'ROOM_NOT_FOUND'));
  await expect(tickets.take()).rejects.toThrow('no such room');
  expect(join).toHaveBeenCalledTimes(1);
});

it('does not get in where the room asks for its password by now', async () => {
  const { tickets, join, create } = made();
  create.mockRejectedValueOnce(new ApiError('you have not joined this room', 403, 'NOT_A_MEMBER'));
  join.mockResolvedValueOnce({ state: 'ACCESS_STATE_PASSWORD' });
  await expect(tickets.take()).rejects.toMatchObject({ reason: 'NOT_A_MEMBER' });
});
