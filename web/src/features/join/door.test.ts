import { expect, it, vi } from 'vitest';
import { ApiError } from '../../api/errors';
import type {
  GetJoinStateResponseJson,
  JoinRoomRequestJson,
  JoinRoomResponseJson,
} from '../../api/gen/syncwatch/room/v1/member_pb';
import { Door } from './door';

const IN = { member: { subjectId: 'guest_mia' }, ticket: 't', state: 'ACCESS_STATE_ENTER' } as const;
const ASK = { state: 'ACCESS_STATE_REQUEST_APPROVAL' } as const;
const PENDING = {
  state: 'ACCESS_STATE_PENDING',
  request: { displayName: 'Mia', message: 'it’s me' },
  retryAfterMs: 2_000,
} as const;

function made(invite = '') {
  const timers: { ms: number; run: () => void }[] = [];
  const answers: (JoinRoomResponseJson | Error)[] = [];
  const states: (GetJoinStateResponseJson | Error)[] = [];
  const asked: Omit<JoinRoomRequestJson, 'room'>[] = [];
  const next = <T>(list: (T | Error)[]) => {
    const answer = list.shift();
    return answer instanceof Error || !answer
      ? Promise.reject(answer ?? new Error('nothing left'))
      : Promise.resolve(answer);
  };
  const door = new Door(
    {
      deviceId: 'device-0123456789',
      join: (input) => {
        asked.push(input);
        return next(answers);
      },
      state: () => next(states),
      withdraw: vi.fn(() => Promise.resolve({})),
      prove: (password) =>
        password === 'right'
          ? Promise.resolve({ proofId: 'p', finish: 'f' })
          : Promise.reject(new ApiError('wrong', 403, 'WRONG_ROOM_PASSWORD', { attempts_left: '2' })),
      after: (ms, run) => {
        const timer = { ms, run };
        timers.push(timer);
        return () => timers.splice(timers.indexOf(timer), 1);
      },
    },
    invite,
  );
  const tick = async () => {
    timers.shift()?.run();
    await vi.waitFor(() => expect(door.step.getState().kind).not.toBe('joining'));
    await Promise.resolve();
  };
  return { door, answers, states, asked, timers, tick, step: () => door.step.getState() };
}

it('joins at once where nothing is missing, with the device and the invite', async () => {
  const { door, answers, asked, step } = made('abcd2345');
  answers.push(IN);
  await door.knock();
  expect(step()).toEqual({ kind: 'in', joined: IN });
  expect(asked).toEqual([{ deviceId: 'device-0123456789', invite: 'abcd2345' }]);
});

it('asks for the password, says when it is wrong, and keeps it for what the room asks next', async () => {
  const { door, answers, asked, step } = made();
  answers.push({ state: 'ACCESS_STATE_PASSWORD' }, ASK, PENDING);
  await door.knock();
  expect(step()).toEqual({ kind: 'password', error: null });
  await door.givePassword('wrong');
  expect(step()).toMatchObject({ kind: 'password', error: { reason: 'WRONG_ROOM_PASSWORD' } });
  expect(asked).toHaveLength(1);
  await door.givePassword('right');
  expect(step().kind).toBe('ask');
  await door.ask('it’s me');
  expect(step()).toMatchObject({ kind: 'waiting', request: { displayName: 'Mia' } });
  expect(asked.at(-1)).toMatchObject({ passwordProof: { proofId: 'p' }, application: { message: 'it’s me' } });
});

// Case W4.
it('waits on after a reload, over a failing server, until somebody lets the person in', async () => {
  const { door, answers, states, timers, tick, step } = made();
  answers.push(PENDING, IN);
  states.push(PENDING, new Error('offline'), { state: 'ACCESS_STATE_JOIN' });
  await door.knock();
  expect(timers[0]?.ms).toBe(2_000);
  await tick();
  await vi.waitFor(() => expect(timers).toHaveLength(1));
  await tick();
  await vi.waitFor(() => expect(timers[0]?.ms).toBe(5_000));
  expect(step().kind).toBe('waiting');
  timers.shift()?.run();
  await vi.waitFor(() => expect(step().kind).toBe('in'));
});

// Case W4.
it('says who declined a request and when to ask again', async () => {
  const { door, answers, states, timers, step } = made();
  answers.push(PENDING);
  states.push({ state: 'ACCESS_STATE_DECLINED', until: '2026-11-29T12:10:00Z', byName: 'Ben' });
  await door.knock();
  timers.shift()?.run();
  await vi.waitFor(() => expect(step().kind).toBe('stopped'));
  expect(step()).toMatchObject({
    stop: { why: 'declined', by: 'Ben', untilMs: Date.parse('2026-11-29T12:10:00Z') },
  });
});

it('stops polling when the request is withdrawn or the page goes away', async () => {
  const { door, answers, timers, step } = made();
  answers.push(PENDING, PENDING);
  await door.knock();
  await door.withdraw();
  expect(step().kind).toBe('ask');
  expect(timers).toHaveLength(0);
  await door.ask('');
  door.destroy();
  expect(timers).toHaveLength(0);
});

it.each([
  ['GUESTS_NOT_ALLOWED', {}, { why: 'sign-in' }],
  ['ROOM_FULL', { capacity: '50' }, { why: 'full', capacity: 50 }],
  ['BANNED', { by: 'Mia', note: 'spoilers' }, { why: 'banned', by: 'Mia', note: 'spoilers', untilMs: null }],
  [
    'IN_COOLDOWN',
    { by: 'Mia', until: '2026-11-29T12:00:00Z' },
    { why: 'cooldown', untilMs: Date.parse('2026-11-29T12:00:00Z') },
  ],
  ['ROOM_CLOSED', {}, { why: 'closed' }],
  ['INVITE_EXPIRED', {}, { why: 'invite' }],
  ['RATE_LIMITED', {}, { why: 'error' }],
])('stops with a reason: %s', async (reason, metadata: Record<string, string>, stop) => {
  const { door, answers, step } = made();
  answers.push(new ApiError('no', 403, reason, metadata));
  await door.knock();
  expect(step()).toMatchObject({ kind: 'stopped', stop });
});

it('knocks without an invite that is no longer good', async () => {
  const { door, answers, asked, step } = made('abcd2345');
  answers.push(new ApiError('used up', 409, 'INVITE_USED_UP'), IN);
  await door.knock();
  await door.withoutInvite();
  expect(step().kind).toBe('in');
  expect(asked.at(-1)).toEqual({ deviceId: 'device-0123456789' });
});
