import { expect, it } from 'vitest';
import type { ClientFrameJson, ServerFrameJson } from '../api/gen/syncwatch/realtime/v1/realtime_pb';
import { type PlayerStatus, Reporter, statusFrame } from './reporter';

const STATUS: PlayerStatus = {
  state: 'PLAYER_STATE_IN_SYNC',
  itemId: 'item_a',
  driftMs: 1,
  errorMs: 1,
  bufferMs: 9_000,
  delayMs: 3,
};

function reporter() {
  const sent: PlayerStatus[] = [];
  return { sent, reporter: new Reporter((status) => sent.push(status)) };
}

it('reports a new state at once, and numbers every five seconds', () => {
  const { sent, reporter: r } = reporter();
  r.offer(STATUS, '', false, 0);
  r.offer({ ...STATUS, driftMs: 9 }, '', false, 1_000);
  r.offer({ ...STATUS, driftMs: 9 }, '', false, 4_900);
  expect(sent).toHaveLength(1);
  r.offer({ ...STATUS, driftMs: 9 }, '', false, 5_000);
  r.offer({ ...STATUS, driftMs: 9 }, '', false, 10_000);
  expect(sent).toHaveLength(3);
  r.offer({ ...STATUS, state: 'PLAYER_STATE_STALLED' }, '', false, 10_300);
  expect(sent).toHaveLength(4);
  r.offer({ ...STATUS, state: 'PLAYER_STATE_STALLED', preparedItemId: 'item_b' }, '', false, 10_600);
  expect(sent).toHaveLength(5);
});

it('reports as often as the server says', () => {
  const { sent, reporter: r } = reporter();
  r.restart(2_000);
  for (let nowMs = 0; nowMs <= 10_000; nowMs += 1_000) r.offer(STATUS, '', false, nowMs);
  expect(sent).toHaveLength(6);
  r.restart(0);
  for (let nowMs = 20_000; nowMs <= 30_000; nowMs += 1_000) r.offer(STATUS, '', false, nowMs);
  expect(sent, 'a server that does not say it').toHaveLength(9);
});

it('reports the applied event once, and again with a new state', () => {
  const { sent, reporter: r } = reporter();
  const acts = (appliedSeq: string): PlayerStatus => ({ ...STATUS, appliedSeq, appliedUs: '7' });
  r.offer(acts('1'), '', false, 0);
  r.offer(acts('1'), '', false, 5_000);
  r.offer(acts('2'), '', false, 10_000);
  r.offer({ ...acts('2'), state: 'PLAYER_STATE_STALLED' }, '', false, 11_000);
  expect(sent.map((status) => [status.appliedSeq, status.appliedUs])).toEqual([
    ['1', '7'],
    [undefined, undefined],
    ['2', '7'],
    ['2', '7'],
  ]);
});

it('reports nothing without an item', () => {
  const { sent, reporter: r } = reporter();
  const idle: PlayerStatus = { ...STATUS, state: 'PLAYER_STATE_READY', itemId: '' };
  for (let nowMs = 0; nowMs < 60_000; nowMs += 100) r.offer(idle, '', false, nowMs);
  expect(sent).toHaveLength(1);
});

it('answers each hold, and repeats it while the hold waits', () => {
  const { sent, reporter: r } = reporter();
  const ready: PlayerStatus = { ...STATUS, state: 'PLAYER_STATE_READY' };
  r.offer(ready, 'hold 1', true, 0);
  r.offer(ready, 'hold 1', true, 500);
  r.offer(ready, 'hold 1', true, 1_000);
  r.offer(ready, 'hold 1', false, 2_100);
  r.offer(ready, 'hold 2', false, 2_200);
  expect(sent).toHaveLength(3);
});

it('clamps its numbers to the limits of the contract', () => {
  const { sent, reporter: r } = reporter();
  r.offer(
    {
      ...STATUS,
      driftMs: -1e12,
      errorMs: NaN,
      bufferMs: Infinity,
      delayMs: 1e9,
      clockErrorMs: -3,
      stalls: 1e12,
      corrections: NaN,
    },
    '',
    false,
    0,
  );
  expect(sent[0]).toMatchObject({
    driftMs: -86_400_000,
    errorMs: 0,
    bufferMs: 86_400_000,
    delayMs: 60_000,
    clockErrorMs: 0,
    stalls: 2_147_483_647,
    corrections: 0,
  });
});

it('leaves defaults out of its frame, and has the opt-out', () => {
  const status: PlayerStatus = { ...STATUS, driftMs: 0, stalls: 0, preparedItemId: '', appliedSeq: '0' };
  expect(statusFrame(status, false)).toEqual({
    state: 'PLAYER_STATE_IN_SYNC',
    itemId: 'item_a',
    errorMs: 1,
    bufferMs: 9_000,
    delayMs: 3,
  });
  expect(statusFrame(status, true)).toHaveProperty('excused', true);
});

it('costs a viewer at rest less than 100 bytes a second, measuring the clock included', () => {
  const { sent, reporter: r } = reporter();
  const status: PlayerStatus = {
    state: 'PLAYER_STATE_IN_SYNC',
    itemId: 'item_01jd4v8q2rfzgb6h9t3xk5mwne',
    driftMs: -12.345_67,
    errorMs: 14.987_65,
    bufferMs: 29_876.543_2,
    delayMs: 112.345_6,
    clockErrorMs: 12.345_6,
    syncClass: 'SYNC_CLASS_A',
    stalls: 12,
    corrections: 345,
    preparedItemId: 'item_01jd4v8q2rfzgb6h9t3xk5mwnf',
    appliedSeq: '12345',
    appliedUs: '1795246408123456',
  };
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 100) r.offer(status, '', false, nowMs);
  // RFC 6455, section 5.2: 4 bytes before a payload of up to 64 KiB, 4 more where it is masked, by a client.
  const up = (frame: ClientFrameJson) => JSON.stringify(frame).length + 8;
  const down = (frame: ServerFrameJson) => JSON.stringify(frame).length + 4;
  const reports = sent.slice(1).reduce((sum, told) => sum + up({ report: statusFrame(told, true) }), 0);
  const pings = 6 * up({ ping: { clientSendUs: '123456789012' } });
  const pongs =
    6 *
    down({
      pong: { clientSendUs: '123456789012', serverReceiveUs: '1795246408123456', serverSendUs: '1795246408123456' },
    });
  expect((reports + pings + pongs) / 60).toBeLessThan(100);
});
