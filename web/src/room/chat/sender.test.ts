import { expect, it } from 'vitest';
import { ApiError, unreachable } from '../../api/errors';
import type { SendMessageRequestJson, SendMessageResponseJson } from '../../api/gen/syncwatch/room/v1/chat_pb';
import { createRoomStore, update } from '../store';
import { ChatSender } from './sender';

function setUp() {
  const store = createRoomStore();
  update(store, 'connection', (state) => ({ ...state, status: 'online' }));
  const sent: string[] = [];
  const requests: SendMessageRequestJson[] = [];
  let answer: SendMessageResponseJson = {};
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
      requests.push(input as SendMessageRequestJson);
      sent.push((input as SendMessageRequestJson).text ?? '');
      if (refusal) throw refusal;
      return answer as never;
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
    requests,
    due,
    answers: (said: SendMessageResponseJson) => {
      answer = said;
    },
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
  chat.send({ text: 'first' });
  await settle();
  chat.send({ text: 'second' });
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
  chat.send({ text: 'hello' });
  await settle();
  expect(store.getState().chat.hold).toBeNull();
  expect(store.getState().chat.outbox[0]?.failure).toContain('no longer in this room');
});

it('sends a message again under the same id after an answer was lost (W17)', async () => {
  const { store, chat, requests, due, settle, refuse } = setUp();
  refuse(unreachable());
  chat.send({ text: 'once' });
  await settle();
  expect(store.getState().chat.outbox).toHaveLength(1);
  refuse(null);
  due.at(-1)?.run();
  await settle();
  expect(requests.map(({ clientMessageId }) => clientMessageId)).toEqual([
    requests[0]?.clientMessageId,
    requests[0]?.clientMessageId,
  ]);
  expect(store.getState().chat.outbox).toEqual([]);
});

it('keeps a message that slow mode stops, and sends it when its time has come', async () => {
  const { store, chat, sent, due, settle, refuse } = setUp();
  refuse(new ApiError('slow', 409, 'SLOW_MODE', {}, [], 30_000));
  chat.send({ text: 'early' });
  await settle();
  expect(store.getState().chat.hold?.untilServerMs).toBe(31_000);
  refuse(null);
  due.at(-1)?.run();
  await settle();
  expect(sent).toEqual(['early', 'early']);
});

it('knows from the answer when the next message is due in slow mode', async () => {
  const { store, chat, settle, answers } = setUp();
  answers({ nextSendAt: '1970-01-01T00:00:31Z' });
  chat.send({ text: 'first' });
  await settle();
  expect(store.getState().chat.nextSendServerMs).toBe(31_000);
});

it('sends text in NFC without white space around it, and mentions as ranges of it', async () => {
  const { chat, requests, settle } = setUp();
  chat.send({ text: '  😀 @mu\u0308ller se\u00f1or ', people: [{ id: 'guest_m', name: 'Müller' }] });
  await settle();
  expect(requests[0]).toMatchObject({
    text: '😀 @müller señor',
    mentions: [{ subjectId: 'guest_m', start: 2, length: 7 }],
  });
});
