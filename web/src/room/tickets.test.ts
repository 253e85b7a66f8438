import { expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { Tickets } from './tickets';

function made() {
  let nowMs = 0;
  const join = vi.fn(() => Promise.resolve({ ticket: `joined ${join.mock.calls.length}` }));
  const create = vi.fn(() => Promise.resolve(`created ${create.mock.calls.length}`));
  const tickets = new Tickets({ join, create, nowMs: () => nowMs });
  return { tickets, join, create, pass: (ms: number) => (nowMs += ms) };
}

it('uses the ticket of JoinRoom for the first socket, and new ones later', async () => {
  const { tickets, create } = made();
  await tickets.join();
  expect(await tickets.take()).toBe('joined 1');
  expect(create).not.toHaveBeenCalled();
  expect(await tickets.take()).toBe('created 1');
});

it('does not use a ticket that has become too old', async () => {
  const { tickets, pass } = made();
  await tickets.join();
  pass(20_000);
  expect(await tickets.take()).toBe('created 1');
});

it('creates a ticket when joining returned none', async () => {
  const { tickets, join } = made();
  join.mockResolvedValueOnce({ ticket: '' });
  await tickets.join();
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
