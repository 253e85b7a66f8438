import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeSfu, packets, playing } from './sfu.testkit';
import { type Refusal, SfuPath } from './sfuPath';

let sfu: FakeSfu;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  sfu = new FakeSfu();
});

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function makePath() {
  const server = { refusal: 'retry' as Refusal, lost: vi.fn<() => void>() };
  const loud = new Map<string, { volume: number; muted: boolean; isHeard: boolean }>();
  const path = new SfuPath(
    {
      connect: sfu.connect,
      iceServers: () => Promise.resolve({ iceServers: [] }),
      loudness: (id) => loud.get(id) ?? { volume: 1, muted: false, isHeard: true },
      refusal: () => server.refusal,
      lost: server.lost,
      encryption: null,
      blocked: () => undefined,
      changed: () => undefined,
      nowMs: () => performance.now(),
    },
    {},
    null,
  );
  return { path, server, loud };
}

/** A path that works, with `a` in the first slot. */
async function ready() {
  const made = makePath();
  await sfu.say({ sessionIds: ['a', '', '', ''], present: { sessionIds: ['a', 'b'] } });
  await later(50);
  return made;
}

/** Lets time pass while the server sends its heartbeat. */
async function beats(path: SfuPath, forMs: number, link = sfu.links.at(-1)): Promise<void> {
  for (let ms = 0; ms < forMs; ms += 250) {
    if (ms % 500 === 0) await sfu.say({ sessionIds: ['a', '', '', ''] }, link);
    await later(250);
    path.check();
  }
}

it('offers one microphone, four slots and a channel, and is ready with the first message', async () => {
  const { path } = makePath();
  const [link] = sfu.links;
  expect(link?.getTransceivers().map(({ direction }) => direction)).toEqual([
    'sendonly',
    ...Array.from({ length: 4 }, () => 'recvonly'),
  ]);
  await later(0);
  expect(sfu.connect.mock.lastCall?.[0]).toContain('usedtx=1');
  expect(path.isReady).toBe(false);
  await sfu.say({ present: { sessionIds: ['a'] } });
  expect([path.isReady, path.lineTo('a').state, path.lineTo('b').state]).toEqual([true, 'connected', 'connecting']);
});

it('plays who is in a slot as loud as one wants, and nobody else', async () => {
  const { path, loud } = await ready();
  expect(playing()).toHaveLength(1);
  loud.set('b', { volume: 0.3, muted: false, isHeard: true });
  await sfu.say({ sessionIds: ['', 'b', '', ''] });
  await later(50);
  expect(playing().map(({ volume }) => volume)).toEqual([0.3]);
  loud.set('b', { volume: 0.3, muted: true, isHeard: true });
  path.apply();
  expect(playing()).toEqual([]);
});

it('knows who speaks by the level of their slot', async () => {
  const { path } = await ready();
  packets(sfu.links[0], 0);
  const silent = { isThere: true, carries: false, speaks: false };
  expect([...path.hearing()]).toEqual([
    ['a', { isThere: true, carries: true, speaks: true }],
    ['b', silent],
  ]);
  // The next one in the slot has not spoken yet.
  await sfu.say({ sessionIds: ['b', '', '', ''] });
  packets(sfu.links[0], 0, 0);
  expect(path.hearing().get('a')).toEqual(silent);
  expect(path.hearing().get('b')?.speaks).toBe(false);
});

it('connects again when messages and packets stop, within a second', async () => {
  const { path } = await ready();
  await beats(path, 2_000);
  packets(sfu.links[0], 0);
  for (let ms = 0; ms < 1_000 && sfu.links.length === 1; ms += 50) {
    await later(50);
    path.check();
  }
  expect(sfu.links).toHaveLength(2);
  await sfu.say({ sessionIds: ['a', '', '', ''], present: { sessionIds: ['a'] } });
  await later(200);
  expect([path.isReady, sfu.links.map(({ isClosed }) => isClosed), playing().length]).toEqual([true, [true, false], 1]);
});

it('bears late messages while packets come', async () => {
  const { path } = await ready();
  for (let ms = 0; ms < 750; ms += 250) {
    packets(sfu.links[0], 0);
    await later(250);
    path.check();
  }
  expect(sfu.links).toHaveLength(1);
  await later(500);
  path.check();
  expect(sfu.links).toHaveLength(2);
});

it('goes over to another host when the new link carries who speaks', async () => {
  const { path } = await ready();
  packets(sfu.links[0], 0);
  path.hearing();
  sfu.hostEpoch = 2;
  path.setHostEpoch(2);
  path.setHostEpoch(2);
  expect(sfu.links).toHaveLength(2);
  const [old, next] = sfu.links;
  await sfu.say({ sessionIds: ['a', '', '', ''], present: { sessionIds: ['a'] } }, next);
  expect(old?.isClosed).toBe(false);
  packets(next, 0);
  path.check();
  await later(100);
  expect([old?.isClosed, next?.isClosed, playing().length]).toEqual([true, false, 1]);
});

it('waits longer after each refusal, and opens a link at once when the network changes', async () => {
  const { path } = makePath();
  sfu.connect.mockRejectedValue(new Error('VOICE_SFU_FULL'));
  const calls = () => sfu.connect.mock.calls.length;
  await later(249);
  expect(calls()).toBe(1);
  await later(1);
  expect(calls()).toBe(2);
  await later(499);
  expect(calls()).toBe(2);
  await later(1);
  expect(calls()).toBe(3);
  // The next one would come after a second more.
  await later(1_000);
  expect(calls()).toBe(4);
  await later(1_000);
  path.restart();
  path.restart();
  await later(0);
  expect(calls()).toBe(5);
  path.restart();
  await later(0);
  expect(calls()).toBe(5);
});

it('gives up where there is no media server, and says when the session is unknown', async () => {
  for (const refusal of ['never', 'rejoin'] as const) {
    const { path, server } = makePath();
    server.refusal = refusal;
    sfu.connect.mockRejectedValueOnce(new Error(refusal));
    await later(0);
    const { length } = sfu.connect.mock.calls;
    await later(10_000);
    expect([sfu.connect.mock.calls.length, path.isRefused, server.lost.mock.calls.length]).toEqual([
      length,
      refusal === 'never',
      refusal === 'rejoin' ? 1 : 0,
    ]);
    path.close();
  }
});

it('reports its figures as those of the server', async () => {
  const { path } = await ready();
  expect(await path.measure()).toEqual([{ peerSessionId: 'sfu', connectMs: 0 }]);
  sfu.links[0]?.become('failed');
  const [reported] = await path.measure();
  expect([reported?.failure, path.lineTo('a').state]).toEqual(['ICE_FAILURE_LOST', 'broken']);
});
