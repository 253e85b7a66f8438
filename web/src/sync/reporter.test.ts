import { expect, it } from 'vitest';
import { Reporter, type PlayerStatus } from './reporter';

const STATUS: PlayerStatus = { state: 'PLAYER_STATE_IN_SYNC', itemId: 'item_a', driftMs: 1, errorMs: 1, bufferMs: 9_000, delayMs: 3 };

function reporter() {
  const sent: PlayerStatus[] = [];
  return { sent, reporter: new Reporter((status) => sent.push(status)) };
}

it('tells a new state at once, and figures every five seconds while they change', () => {
  const { sent, reporter: r } = reporter();
  r.offer(STATUS, '', false, 0);
  r.offer({ ...STATUS, driftMs: 9 }, '', false, 1_000);
  expect(sent).toHaveLength(1);
  r.offer({ ...STATUS, driftMs: 9 }, '', false, 5_000);
  expect(sent).toHaveLength(2);
  r.offer({ ...STATUS, driftMs: 9.5 }, '', false, 11_000);
  expect(sent).toHaveLength(2);
  r.offer({ ...STATUS, state: 'PLAYER_STATE_STALLED' }, '', false, 11_300);
  expect(sent).toHaveLength(3);
});

it('answers each hold, and again while it is still waited for', () => {
  const { sent, reporter: r } = reporter();
  const ready: PlayerStatus = { ...STATUS, state: 'PLAYER_STATE_READY' };
  r.offer(ready, 'hold 1', true, 0);
  r.offer(ready, 'hold 1', true, 500);
  r.offer(ready, 'hold 1', true, 1_000);
  r.offer(ready, 'hold 1', false, 2_100);
  r.offer(ready, 'hold 2', false, 2_200);
  expect(sent).toHaveLength(3);
});

it('keeps its figures within what the contract takes', () => {
  const { sent, reporter: r } = reporter();
  r.offer({ ...STATUS, driftMs: -1e12, delayMs: 1e9 }, '', false, 0);
  expect(sent[0]).toMatchObject({ driftMs: -86_400_000, delayMs: 60_000 });
});
