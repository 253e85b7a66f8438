import { expect, it } from 'vitest';
import { createRoomStore, select, update } from '../store';
import { MuteEnd } from './muteEnd';

it('reads what this person may do once their mute is over, and again after a failure', async () => {
  const store = createRoomStore();
  const due: { ms: number; run: () => void }[] = [];
  let nowMs = 1_000;
  let fails = true;
  const end = new MuteEnd({
    store,
    timer: {
      after: (ms, run) => {
        due.push({ ms, run });
        return () => undefined;
      },
      every: () => () => undefined,
    },
    serverNowMs: () => nowMs,
    read: async () => {
      if (fails) throw new Error('offline');
      return { member: { subjectId: 'user_a' }, permissions: ['PERMISSION_SEND_CHAT'] };
    },
  });
  end.follow();
  expect(due).toEqual([]);
  update(store, 'access', (state) => ({ ...state, me: { subjectId: 'user_a', mutedUntil: '1970-01-01T00:00:11Z' } }));
  end.follow();
  end.follow();
  expect(due.map(({ ms }) => ms)).toEqual([10_300]);
  nowMs = 11_300;
  due[0]?.run();
  await new Promise((resolve) => queueMicrotask(() => resolve(null)));
  fails = false;
  due.at(-1)?.run();
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  expect(due).toHaveLength(2);
  expect(select.access.may(store.getState(), 'PERMISSION_SEND_CHAT')).toBe(true);
});
