import { expect, it } from 'vitest';
import { ChatService } from '../../api/gen/services';
import type {
  ChatChangeJson,
  ListChangesRequestJson,
  ListMessagesRequestJson,
} from '../../api/gen/syncwatch/room/v1/chat_pb';
import { createRoomStore, receive, select } from '../store';
import { ChatHistory } from './history';

const id = (n: number) => `msg_${String(n).padStart(5, '0')}`;
const message = (n: number) => ({ id: id(n), authorId: 'user_b', text: `text ${n}` });

/** A server whose chat has messages 1 to `count`, each of them one change; it keeps the last `kept` changes. */
function setUp(count: number, kept = 1_000) {
  const store = createRoomStore();
  const due: (() => void)[] = [];
  const asked: string[] = [];
  let newest = count;
  let fails = 0;
  const listChanges = ({ afterRevision = '0' }: ListChangesRequestJson) => {
    const from = Number(afterRevision);
    if (newest - from > kept) return { restart: true };
    const changes: ChatChangeJson[] = [];
    for (let n = from + 1; n <= Math.min(newest, from + 200); n += 1)
      changes.push({ revision: String(n), sent: message(n) });
    return { changes, revision: String(Math.min(newest, from + 200)), hasMore: from + 200 < newest };
  };
  const listMessages = ({ pageSize = 100, aroundMessageId, afterMessageId }: ListMessagesRequestJson) => {
    const around = aroundMessageId ? Number(aroundMessageId.slice(4)) : 0;
    const last = afterMessageId
      ? Math.min(newest, Number(afterMessageId.slice(4)) + pageSize)
      : around
        ? Math.min(newest, around + pageSize / 2)
        : newest;
    const first = afterMessageId ? Number(afterMessageId.slice(4)) + 1 : Math.max(1, last - pageSize + 1);
    const messages = Array.from({ length: last - first + 1 }, (_, i) => message(first + i));
    return { messages, nextPageToken: first > 1 ? `before ${first}` : '', revision: String(newest) };
  };
  const history = new ChatHistory({
    roomId: 'room_1',
    store,
    timer: {
      after: (_ms, run) => {
        due.push(run);
        return () => undefined;
      },
      every: () => () => undefined,
    },
    failed: () => undefined,
    serverNowMs: () => 0,
    call: async (rpc, input) => {
      asked.push(rpc.name.split('/')[1] ?? '');
      if (fails > 0) {
        fails -= 1;
        throw new Error('offline');
      }
      return (rpc.name === ChatService.listChanges.name ? listChanges(input) : listMessages(input)) as never;
    },
  });
  const snapshot = () =>
    store.setState((room) =>
      receive(room, { resource: { resource: 'RESOURCE_CHAT', snapshot: listMessages({ pageSize: 100 }) } }, 0),
    );
  snapshot();
  return {
    store,
    history,
    asked,
    due,
    texts: () => select.chat.messages(store.getState()).map(({ text }) => text),
    /** Messages that others write while this page is not connected. */
    missed: (n: number) => {
      newest += n;
    },
    /** A new connection. */
    reconnect: async () => {
      snapshot();
      history.follow();
      await settle();
    },
    failNext: (n: number) => {
      fails = n;
    },
  };
}

async function settle() {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `text ${from + i}`);

it('reads everything that was missed, however many pages that is', async () => {
  const { texts, missed, reconnect, asked } = setUp(50);
  missed(900);
  await reconnect();
  expect(texts()).toEqual(numbers(1, 950));
  expect(asked).toEqual(Array.from({ length: 5 }, () => 'ListChanges'));
});

it('begins anew when more changed than the server keeps, without a gap to what is older', async () => {
  const { store, texts, missed, reconnect } = setUp(50);
  missed(5_000);
  await reconnect();
  expect(texts()).toEqual(numbers(4_851, 5_050));
  expect(select.chat.olderToken(store.getState())).toBe('before 4851');
  expect(select.chat.isCatchingUp(store.getState())).toBe(false);
});

it('asks again after a failure', async () => {
  const { texts, missed, reconnect, failNext, due } = setUp(5);
  missed(3);
  failNext(1);
  await reconnect();
  expect(texts()).toEqual(numbers(1, 5));
  due.forEach((run) => run());
  await settle();
  expect(texts()).toEqual(numbers(1, 8));
});

it('asks once more when it was told to while an answer was on its way', async () => {
  const { history, asked } = setUp(10);
  void history.catchUp();
  void history.catchUp();
  await settle();
  expect(asked).toEqual(['ListChanges', 'ListChanges']);
});

it('asks nothing while nothing is missing', async () => {
  const { reconnect, asked } = setUp(50);
  await reconnect();
  expect(asked).toEqual([]);
});

it('shows the place of an old message, and leads forward to the newest', async () => {
  const { store, history, texts } = setUp(2_000);
  expect(await history.open(id(500))).toBe(true);
  expect(texts()).toContain('text 500');
  expect(texts()).not.toContain('text 2000');
  for (let page = 0; select.chat.isInPast(store.getState()) && page < 50; page += 1) await history.loadNewer();
  expect(texts().at(-1)).toBe('text 2000');
  expect(new Set(texts()).size).toBe(texts().length);
});

it('marks the newest message as read once for several', async () => {
  const { history, asked, due, missed, reconnect, store } = setUp(5);
  missed(1);
  await reconnect();
  history.readAll();
  missed(1);
  await reconnect();
  history.readAll();
  due.forEach((run) => run());
  await settle();
  expect(asked.filter((name) => name === 'MarkRead')).toHaveLength(1);
  expect(store.getState().chat.lastReadId).toBe(id(7));
  history.lookedAway();
  expect(store.getState().chat.newAfterId).toBe(id(7));
});
