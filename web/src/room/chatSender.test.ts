import { expect, it } from 'vitest';

import { ApiError } from '../api/errors';
import type { SendMessageRequestJson } from '../api/gen/syncwatch/room/v1/chat_pb';
import { ChatSender } from './chatSender';
import { createRoomStore, update } from './store';

function setUp() {
  const store = createRoomStore();
  update(store, 'connection', (state) => ({ ...state, status: 'online' }));
  const sent: string[] = [];
  const due: { ms: number; run: () => void }[] = [];
  let refusal: ApiError | null = null;
  const chat = new ChatSender({
    roomId: 'room_1',
    store,
    timer: {
      after: (ms, run) => {
        due.push({ ms, run });
        return () => undefined;
      },
      every: () => () => undefined,
    },
    send: () => true,
    call: async (_rpc, input) => {
      sent.push((input as SendMessageRequestJson).text ?? '');
      if (refusal) throw refusal;
      return {} as never;
    },
    roomPositionMs: () => null,
    serverNowMs: () => 1_000,
    failed: () => undefined,
  });
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return {
    store,
    chat,
    sent,
    due,
    settle,
    refuse: (error: ApiError | null) => {
      refusal = error;
    },
  };
}

it('keeps messages beyond the rate limit, shows until when, and sends them then', async () => {
  const { store, chat, sent, due, settle, refuse } = setUp();
  const error = new ApiError('too quick', 409, 'RATE_LIMITED', { limit: 'chat', by: 'person' }, [], 12_000);
  refuse(error);
  chat.send('first');
  await settle();
  chat.send('second');
  await settle();
  expect(sent).toEqual(['first']);
  expect(store.getState().chat.hold).toEqual({ error, untilServerMs: 13_000 });
  expect(store.getState().chat.outbox.map((message) => message.failure)).toEqual(['', '']);
  refuse(null);
  expect(due.map(({ ms }) => ms)).toEqual([12_000]);
  due[0]?.run();
  await settle();
  expect(sent).toEqual(['first', 'first', 'second']);
  expect(store.getState().chat).toMatchObject({ hold: null, outbox: [] });
});

it('shows why a message was rejected for another reason', async () => {
  const { store, chat, settle, refuse } = setUp();
  refuse(new ApiError('no', 409, 'NOT_A_MEMBER'));
  chat.send('hello');
  await settle();
  expect(store.getState().chat.hold).toBeNull();
  expect(store.getState().chat.outbox[0]?.failure).toContain('no longer in this room');
});
