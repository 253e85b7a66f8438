import { expect, it } from 'vitest';
import type { ServerFrame } from '../frames';
import { EMPTY_ROOM, type RoomState, receive, select } from '../store';

function after(room: RoomState, resource: ServerFrame['resource'], nowMs = 0): RoomState {
  return receive(room, { resource } as ServerFrame, nowMs);
}

it('keeps a bounded number of reactions, each told apart', () => {
  let room = EMPTY_ROOM;
  for (let n = 0; n < 100; n += 1)
    room = after(room, { resource: 'RESOURCE_REACTIONS', change: { key: '🔥', subjectId: 'user_b' } }, n);
  const floating = select.reactions.floating(room);
  expect(floating).toHaveLength(24);
  expect(new Set(floating.map(({ seq }) => seq)).size).toBe(24);
  expect(floating.at(-1)?.atMs).toBe(99);
});

it('knows the emotes of the room by their names', () => {
  const room = after(EMPTY_ROOM, {
    resource: 'RESOURCE_EMOTES',
    snapshot: { emotes: [{ name: 'pop', digest: 'abc' }] },
  });
  expect(select.emotes.known(room).get('pop')).toBe('abc');
});

it('shows the open reports, and none after they were closed', () => {
  let room = after(EMPTY_ROOM, { resource: 'RESOURCE_REPORTS', snapshot: { reports: [{ id: 'report_1' }] } });
  expect(select.reports.count(room)).toBe(1);
  room = after(room, { resource: 'RESOURCE_REPORTS', snapshot: {} });
  expect(select.reports.count(room)).toBe(0);
});
