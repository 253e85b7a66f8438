import { beforeEach, expect, it, vi } from 'vitest';
import { Peer } from './peer';
import { type FakeConnection, FakeNetwork, fakeTrack, settle } from './rtc.testkit';
import type { Signal } from './signal';

let network: FakeNetwork;
let nowMs: number;

beforeEach(() => {
  network = new FakeNetwork().install();
  nowMs = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});

/** One end; its signals wait in `sent` until somebody delivers them. */
function end(isPolite: boolean, track: MediaStreamTrack | null = fakeTrack()) {
  const sent: Signal[] = [];
  const failures: string[] = [];
  const heard = vi.fn<(stream: MediaStream) => void>();
  let reads = 0;
  const deps = {
    isPolite,
    iceServers: () => Promise.resolve({ iceServers: [{ urls: `turn:read-${(reads += 1)}` }] }),
    send: (signal: Signal) => void sent.push(signal),
    heard,
    changed: () => undefined,
    failed: (failure: string) => void failures.push(failure),
    nowMs: () => nowMs,
  };
  const peer = new Peer(deps, {}, track);
  return { peer, sent, failures, heard, pc: network.connections.at(-1) as FakeConnection };
}

type End = ReturnType<typeof end>;

async function exchange(a: End, b: End): Promise<void> {
  await settle();
  while (a.sent.length + b.sent.length > 0) {
    for (const signal of a.sent.splice(0)) b.peer.receive(signal);
    for (const signal of b.sent.splice(0)) a.peer.receive(signal);
    await settle();
  }
}

async function pair() {
  const [polite, other] = [end(true), end(false)];
  await exchange(polite, other);
  return { polite, other };
}

it('connects two ends, each with its microphone and the parameters of Opus', async () => {
  const { polite, other } = await pair();
  for (const { peer, pc, heard, failures } of [polite, other]) {
    expect(peer.state).toBe('connected');
    expect(heard).toHaveBeenCalledTimes(1);
    expect(pc.getTransceivers().map(({ direction, sender }) => [direction, sender.track?.kind])).toEqual([
      ['sendrecv', 'audio'],
    ]);
    expect(pc.localDescription?.sdp).toContain('usedtx=1');
    expect(pc.remoteDescription?.sdp).toContain('useinbandfec=1');
    expect(failures).toEqual([]);
  }
});

it('changes the microphone without negotiation', async () => {
  const { polite, other } = await pair();
  const next = fakeTrack('headset');
  polite.peer.setTrack(next);
  await exchange(polite, other);
  expect(polite.pc.getTransceivers()[0]?.sender.track).toBe(next);
  expect(polite.sent).toEqual([]);
});

it('ends glare in one connection, whichever offer arrives first', async () => {
  for (const politeFirst of [true, false])
    for (const turnsBetween of [0, 1, 2, 3, 5, 8]) {
      const { polite, other } = await pair();
      const [first, second] = politeFirst ? [polite, other] : [other, polite];
      first.peer.restart();
      for (let turn = 0; turn < turnsBetween; turn += 1) await Promise.resolve();
      second.peer.restart();
      await exchange(polite, other);
      for (const { pc, failures } of [polite, other]) {
        expect(failures).toEqual([]);
        expect(pc.signalingState).toBe('stable');
      }
      expect(polite.pc.reaches(other.pc) && other.pc.reaches(polite.pc)).toBe(true);
    }
});

it('takes an offer that arrives while its own is being made', async () => {
  for (let turnsBetween = 0; turnsBetween < 16; turnsBetween += 1) {
    const { polite, other } = await pair();
    other.peer.restart();
    await settle();
    const offers = other.sent.splice(0);
    polite.peer.restart();
    for (let turn = 0; turn < turnsBetween; turn += 1) await Promise.resolve();
    for (const signal of offers) polite.peer.receive(signal);
    await exchange(polite, other);
    expect(polite.failures, `${turnsBetween} turns`).toEqual([]);
    expect(polite.pc.reaches(other.pc) && other.pc.reaches(polite.pc)).toBe(true);
  }
});

it('restarts ICE with fresh credentials when the connection fails, and goes on', async () => {
  const { polite, other } = await pair();
  const before = other.pc.ufrag;
  network.isUp = false;
  other.pc.become('failed');
  expect(other.peer.state).toBe('broken');
  expect(other.failures).toEqual(['ICE_FAILURE_LOST']);
  network.isUp = true;
  await exchange(polite, other);
  expect(other.pc.config.iceServers).toEqual([{ urls: 'turn:read-1' }]);
  expect(other.pc.ufrag).not.toBe(before);
  expect(other.peer.state).toBe('connected');
  expect(network.connections).toHaveLength(2);
});

it('waits 4 s for a disturbed connection, which may recover by itself', async () => {
  const { polite } = await pair();
  polite.pc.become('disconnected');
  nowMs += 3_900;
  polite.peer.check(false);
  await settle();
  expect(polite.sent).toEqual([]);
  polite.pc.become('connected');
  nowMs += 10_000;
  polite.peer.check(false);
  await settle();
  expect(polite.sent).toEqual([]);
});

it('takes silence for a lost path only from an end that sends', async () => {
  const { polite } = await pair();
  polite.pc.hears({ audioLevel: 0.1, timestamp: nowMs });
  nowMs += 1_500;
  polite.peer.check(false);
  await settle();
  expect(polite.sent).toEqual([]);
  polite.peer.check(true);
  polite.peer.check(true);
  await settle();
  expect(polite.sent.filter(({ kind }) => kind === 'description')).toHaveLength(1);
});

it('keeps candidates that arrive before the description', async () => {
  const [polite, other] = [end(true), end(false)];
  await settle();
  const [offer, candidate] = other.sent.splice(0);
  if (offer?.kind !== 'description' || candidate?.kind !== 'candidate') throw new Error('an offer, then a candidate');
  polite.peer.receive(candidate);
  polite.peer.receive(offer);
  await exchange(polite, other);
  expect(polite.peer.state).toBe('connected');
});

it('sends its offer again to an end that has lost it', async () => {
  const [polite, other] = [end(true), end(false)];
  await settle();
  other.sent.length = 0;
  other.peer.receive({ kind: 'begin' });
  await settle();
  expect(other.sent.map(({ kind }) => kind)).toEqual(['description']);
  expect(polite.sent).toEqual([{ kind: 'begin' }]);
});

it('reports an end that does not answer, and asks again', async () => {
  const other = end(false);
  await settle();
  nowMs += 10_001;
  other.peer.check(true);
  expect(other.failures).toEqual(['ICE_FAILURE_NO_ANSWER']);
  await settle();
  expect(other.sent.filter(({ kind }) => kind === 'description')).toHaveLength(2);
});

it('ignores an answer to no offer, and survives a description that is none', async () => {
  const { polite, other } = await pair();
  const sdp = other.pc.localDescription?.sdp ?? '';
  polite.peer.receive({ kind: 'description', type: 'answer', sdp });
  await settle();
  expect(polite.failures).toEqual([]);
  polite.peer.receive({ kind: 'description', type: 'offer', sdp: 'nonsense' });
  await settle();
  expect(polite.failures).toEqual(['ICE_FAILURE_NEGOTIATION']);
  polite.peer.restart();
  await exchange(polite, other);
  expect(polite.peer.state).toBe('connected');
});

it('ignores the answer to an offer of a connection that was here before', async () => {
  const before = end(false);
  await settle();
  const [stale] = before.sent;
  before.peer.close();
  const [polite, other] = [end(true), end(false)];
  await settle();
  // The other end reads the old offer first.
  if (stale) polite.peer.receive(stale);
  await exchange(polite, other);
  expect([polite.peer.state, other.peer.state]).toEqual(['connected', 'connected']);
  expect([...polite.failures, ...other.failures]).toEqual([]);
});

it('does nothing after it was closed', async () => {
  const { polite, other } = await pair();
  polite.peer.close();
  polite.peer.receive({ kind: 'begin' });
  polite.peer.receive({ kind: 'description', type: 'offer', sdp: other.pc.localDescription?.sdp ?? '' });
  polite.peer.restart();
  polite.peer.renew({});
  await settle();
  expect([polite.sent, polite.failures]).toEqual([[], []]);
});
