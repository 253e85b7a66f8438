import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { VoiceParticipantJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';
import { type Loudness, Mesh } from './mesh';
import { type FakeConnection, FakeNetwork, fakeTrack, settle } from './rtc.testkit';
import { encodeSignal } from './signal';

let network: FakeNetwork;
let nowMs: number;
const loudness = new Map<string, Loudness>();

beforeEach(() => {
  network = new FakeNetwork().install();
  nowMs = 10_000;
  loudness.clear();
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
});

afterEach(() => document.body.replaceChildren());

const OFFER = {
  kind: 'description',
  type: 'offer',
  sdp: 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=ice-ufrag:x9\r\n',
} as const;

function person(sessionId: string, part: VoiceParticipantJson = {}): VoiceParticipantJson {
  return { sessionId, subjectId: `user_${sessionId}`, own: {}, ...part };
}

/** The mesh of session `b`; `a` sorts before it, `c` after it. */
function makeMesh() {
  const sent: { to: string; payload: string }[] = [];
  const mesh = new Mesh(
    {
      iceServers: () => Promise.resolve({}),
      signal: (to, payload) => void sent.push({ to, payload }),
      loudness: (subjectId) => loudness.get(subjectId) ?? { volume: 1, muted: false },
      isHeard: () => true,
      blocked: () => undefined,
      changed: () => undefined,
      nowMs: () => nowMs,
    },
    'b',
    {},
  );
  return { mesh, sent };
}

function elements(): HTMLAudioElement[] {
  return [...document.querySelectorAll('audio')];
}

it('has one connection for each other session, and ends only those of people who left', () => {
  const { mesh } = makeMesh();
  mesh.setParticipants([person('a'), person('b'), person('c')]);
  expect(network.connections).toHaveLength(2);
  mesh.setParticipants([person('b'), person('c'), person('d')]);
  expect(network.connections.map(({ isClosed }) => isClosed)).toEqual([true, false, false]);
  expect([...mesh.lines().keys()]).toEqual(['c', 'd']);
  mesh.close();
  expect(network.connections.every(({ isClosed }) => isClosed)).toBe(true);
  expect(elements()).toEqual([]);
});

it('lets the session that sorts first be polite', async () => {
  const { mesh, sent } = makeMesh();
  mesh.setTrack(fakeTrack());
  mesh.setParticipants([person('a'), person('b'), person('c')]);
  await settle();
  const kinds = (to: string) => sent.filter((one) => one.to === to).map(({ payload }) => JSON.parse(payload).kind);
  expect(kinds('a')).toEqual(['description', 'candidate']);
  expect(kinds('c')).toEqual(['begin']);
});

it('keeps signals that arrive before the list names their sender, for 5 s', async () => {
  const { mesh, sent } = makeMesh();
  mesh.receive('c', encodeSignal(OFFER));
  mesh.receive('d', 'no signal');
  nowMs += 1_000;
  mesh.setParticipants([person('b'), person('c')]);
  await settle();
  expect(sent.map(({ payload }) => JSON.parse(payload).type).filter(Boolean)).toEqual(['answer']);

  mesh.receive('e', encodeSignal(OFFER));
  nowMs += 5_001;
  mesh.receive('f', encodeSignal({ kind: 'begin' }));
  mesh.setParticipants([person('b'), person('e')]);
  await settle();
  expect(sent.filter(({ to, payload }) => to === 'e' && payload.includes('answer'))).toEqual([]);
});

it('bounds the signals of strangers, so that the newest ones are kept', async () => {
  const { mesh, sent } = makeMesh();
  mesh.receive('c', encodeSignal(OFFER));
  for (let n = 0; n < 1_000; n += 1) mesh.receive('x', encodeSignal({ kind: 'begin' }));
  mesh.setParticipants([person('b'), person('c')]);
  await settle();
  expect(sent.filter(({ payload }) => payload.includes('answer'))).toEqual([]);
  expect(network.connections).toHaveLength(1);
});

it('plays nobody whom a moderator or this person has muted', () => {
  const { mesh } = makeMesh();
  loudness.set('user_a', { volume: 0.4, muted: false });
  mesh.setParticipants([person('a'), person('b'), person('c', { muted: { byName: 'Ann' } })]);
  expect(elements().map(({ volume, muted }) => ({ volume, muted }))).toEqual([
    { volume: 0.4, muted: false },
    { volume: 1, muted: true },
  ]);
  loudness.set('user_a', { volume: 0.4, muted: true });
  mesh.applyLoudness();
  mesh.setParticipants([person('a'), person('b'), person('c')]);
  expect(elements().map(({ muted }) => muted)).toEqual([true, false]);
});

it('knows who speaks, through the pauses between words, and whose packets come', () => {
  const { mesh } = makeMesh();
  mesh.setParticipants([person('a'), person('b'), person('c')]);
  const [a, c] = network.connections as [FakeConnection, FakeConnection];
  const speaking = () => [...mesh.hearing()].filter(([, { speaks }]) => speaks).map(([id]) => id);
  a.hears({ audioLevel: 0.2, timestamp: nowMs });
  c.hears({ audioLevel: 0.001, timestamp: nowMs });
  expect(speaking()).toEqual(['a']);
  a.hears({ audioLevel: 0, timestamp: nowMs + 200 });
  nowMs += 200;
  expect(speaking()).toEqual(['a']);
  nowMs += 200;
  expect(speaking()).toEqual([]);
  // A packet from long ago says nothing.
  c.hears({ audioLevel: 0.2, timestamp: nowMs - 600 });
  expect(speaking()).toEqual([]);
  expect(mesh.hearing().get('a')).toEqual({ isThere: false, carries: false, speaks: false });
  a.become('connected');
  a.hears({ audioLevel: 0, timestamp: nowMs - 100 });
  expect(mesh.hearing().get('a')).toEqual({ isThere: true, carries: true, speaks: false });
});

it('reports loss between two looks, and the time to connect and each failure once', async () => {
  const { mesh } = makeMesh();
  mesh.setParticipants([person('a'), person('b')]);
  const [pc] = network.connections as [FakeConnection];
  nowMs += 120;
  pc.become('connected');
  const inbound = { id: 'I', type: 'inbound-rtp', kind: 'audio', packetsReceived: 100, packetsLost: 0 };
  pc.stats = [inbound];
  expect(await mesh.measure()).toEqual([{ peerSessionId: 'a', connectMs: 120 }]);
  pc.stats = [{ ...inbound, packetsReceived: 190, packetsLost: 10 }];
  expect(await mesh.measure()).toEqual([{ peerSessionId: 'a', lossPercent: 10 }]);
  expect(mesh.lines().get('a')).toMatchObject({ state: 'connected', lossPercent: 10 });
  pc.become('failed');
  const [first, second] = [await mesh.measure(), await mesh.measure()];
  expect([first, second].map(([one]) => one?.failure)).toEqual(['ICE_FAILURE_LOST', undefined]);
});
