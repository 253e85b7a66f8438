import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { VoiceRoomJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';
import { Paths } from './paths';
import type { FakeConnection } from './rtc.testkit';
import { FakeSfu, packets, playing } from './sfu.testkit';
import type { Refusal } from './sfuPath';
import { person } from './voiceChat.testkit';

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

/** Lets time pass as the voice chat does. */
async function later(paths: Paths, forMs: number): Promise<void> {
  for (let ms = 0; ms < forMs; ms += 25) {
    await vi.advanceTimersByTimeAsync(25);
    paths.speaking();
    if (ms % 250 === 0) paths.check();
  }
}

function makePaths() {
  const paths = new Paths(
    {
      iceServers: () => Promise.resolve({}),
      signal: () => undefined,
      connect: sfu.connect,
      refusal: () => 'never' as Refusal,
      loudness: () => ({ volume: 1, muted: false }),
      lost: () => undefined,
      blocked: () => undefined,
      changed: () => undefined,
      nowMs: () => performance.now(),
    },
    'me',
    {},
  );
  return paths;
}

function room(isSfu: boolean, ...others: string[]): VoiceRoomJson {
  const topology = isSfu ? 'VOICE_TOPOLOGY_SFU' : 'VOICE_TOPOLOGY_MESH';
  return { participants: ['me', ...others].map((id) => person(id)), topology, hasSfu: true, hostEpoch: '1' };
}

const PRESENT = { sessionIds: ['me', 'a', 'b'] };

/** Connections of the mesh, in the order of their people. */
function meshOf(): FakeConnection[] {
  return sfu.network.connections.filter(({ channels }) => channels.length === 0);
}

/** A mesh of `me`, `a` and `b` in which `a` speaks. */
async function mesh() {
  const paths = makePaths();
  paths.setRoom(room(false, 'a', 'b'));
  for (const pc of meshOf()) pc.become('connected');
  meshOf()[0]?.hears({ audioLevel: 0.2, timestamp: performance.now() });
  await later(paths, 25);
  return paths;
}

it('opens the server beside the mesh, and hears each person by one of the two at every moment', async () => {
  const paths = await mesh();
  expect([paths.speaking(), playing().length]).toEqual([['user_a'], 2]);
  paths.setRoom(room(true, 'a', 'b'));
  await sfu.say({ sessionIds: ['', '', '', ''], present: PRESENT });
  meshOf()[0]?.hears({ audioLevel: 0.2, timestamp: performance.now() });
  await later(paths, 100);
  // `b` is silent and has moved; `a` speaks, and waits for the server to carry it.
  expect(playing()).toHaveLength(1);
  await sfu.say({ sessionIds: ['a', '', '', ''] });
  packets(sfu.links[0], 0);
  await later(paths, 100);
  expect([paths.speaking(), playing().length]).toEqual([['user_a'], 1]);
  await sfu.say({});
  await later(paths, 600);
  expect(meshOf().map(({ isClosed }) => isClosed)).toEqual([true, true]);
  expect([...paths.lines().values()].map(({ path }) => path)).toEqual(['sfu', 'sfu']);
});

it('calls nobody by the mesh who joins once the server is wanted', async () => {
  const paths = await mesh();
  paths.setRoom(room(true, 'a', 'b'));
  paths.setRoom(room(true, 'a', 'b', 'c'));
  expect(meshOf()).toHaveLength(2);
  await sfu.say({ sessionIds: ['c', '', '', ''], present: { sessionIds: ['me', 'c'] } });
  await later(paths, 50);
  expect(playing()).toHaveLength(3);
});

it('ends the mesh 5 s later for people who do not come along', async () => {
  const paths = await mesh();
  paths.setRoom(room(true, 'a', 'b'));
  for (let ms = 0; ms < 5_500; ms += 500) {
    await sfu.say({ present: { sessionIds: ['me', 'a'] } });
    if (ms === 4_500) expect(meshOf().some(({ isClosed }) => !isClosed)).toBe(true);
    await later(paths, 500);
  }
  expect(meshOf().every(({ isClosed }) => isClosed)).toBe(true);
});

it('goes back to the mesh when each of its connections works', async () => {
  const paths = makePaths();
  paths.setRoom(room(true, 'a', 'b'));
  await sfu.say({ sessionIds: ['a', '', '', ''], present: PRESENT });
  expect(meshOf()).toEqual([]);
  packets(sfu.links[0], 0);
  await later(paths, 50);
  paths.setRoom(room(false, 'a', 'b'));
  packets(sfu.links[0], 0);
  await later(paths, 50);
  expect(playing()).toHaveLength(1);
  const [a, b] = meshOf();
  a?.become('connected');
  a?.hears({ audioLevel: 0.2, timestamp: performance.now() });
  await later(paths, 100);
  expect([playing().length, sfu.openLinks.length]).toEqual([1, 1]);
  b?.become('connected');
  await later(paths, 600);
  expect([playing().length, sfu.openLinks.length]).toEqual([2, 0]);
});

it('keeps what is open when the room changes its mind', async () => {
  const paths = await mesh();
  paths.setRoom(room(true, 'a', 'b'));
  paths.setRoom(room(false, 'a', 'b'));
  await later(paths, 600);
  expect(meshOf().map(({ isClosed }) => isClosed)).toEqual([false, false]);
  expect([playing().length, sfu.openLinks.length]).toEqual([2, 0]);
});

it('stays a mesh where there is no media server', async () => {
  const paths = makePaths();
  sfu.connect.mockRejectedValue(new Error('VOICE_SFU_OFF'));
  for (let n = 0; n < 3; n += 1) {
    paths.setRoom(room(true, 'a', 'b'));
    await later(paths, 100);
  }
  expect([meshOf().length, sfu.connect.mock.calls.length]).toEqual([2, 1]);
  paths.setRoom({ ...room(true, 'a', 'b', 'c'), hasSfu: false });
  expect(meshOf()).toHaveLength(3);
});
