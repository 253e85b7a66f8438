import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DEFAULTS } from '../voiceSettings';
import { Microphone } from './microphone';
import { fakeTrack } from './rtc.testkit';
import { FakeAudioContext, fakeMicrophone, microphone } from './voiceChat.testkit';

const filter = vi.hoisted(() => ({ close: vi.fn<() => void>(), fails: false }));

vi.mock('./noise', () => ({
  RATE: 48_000,
  noiseFilter: () =>
    filter.fails
      ? Promise.reject(new Error('no worklets'))
      : Promise.resolve({ node: { connect: () => undefined }, close: filter.close }),
}));

const STRONG = { ...DEFAULTS, strongSuppression: true };

beforeEach(() => {
  filter.fails = false;
  filter.close.mockClear();
  fakeMicrophone();
  vi.stubGlobal(
    'AudioContext',
    class extends FakeAudioContext {
      createMediaStreamDestination() {
        return { stream: { getAudioTracks: () => [fakeTrack('filtered')] } };
      }
      resume(): Promise<void> {
        return Promise.resolve();
      }
    },
  );
});

afterEach(() => vi.unstubAllGlobals());

function make(wishes: typeof DEFAULTS) {
  const told: string[] = [];
  const sent: (MediaStreamTrack | null)[] = [];
  const one = new Microphone(
    { changed: (track) => void sent.push(track), tell: (text) => void told.push(text), interrupted: () => undefined },
    wishes,
  );
  return { one, told, sent };
}

function processing(): object | undefined {
  const [constraints] = vi.mocked(navigator.mediaDevices.getUserMedia).mock.lastCall ?? [];
  return constraints?.audio as object | undefined;
}

it('sends what the filter leaves, by the name of the captured device, with one filter alone', async () => {
  const { one, sent } = make(STRONG);
  await one.start();
  expect([sent.at(-1)?.label, one.label]).toEqual(['filtered', 'microphone']);
  expect(processing()).toMatchObject({ noiseSuppression: false, echoCancellation: true });
  one.stop();
  expect(filter.close).toHaveBeenCalledTimes(1);
  expect(microphone.tracks[0]?.readyState).toBe('ended');
});

it('mutes the sent track and goes on capturing, with the filter as without', async () => {
  for (const wishes of [STRONG, DEFAULTS]) {
    const { one } = make(wishes);
    await one.start();
    expect(one.track?.enabled).toBe(false);
    one.setOpen(true);
    expect(one.track?.enabled).toBe(true);
    one.setOpen(false);
    microphone.level = 0.1;
    expect([one.track?.enabled, Math.round(one.levelDb())]).toEqual([false, -20]);
  }
});

it('captures another device when one is pulled out, and filters it, too', async () => {
  const { one, sent } = make(STRONG);
  await one.start();
  one.setOpen(true);
  microphone.tracks[0]?.dispatchEvent(new Event('ended'));
  await vi.waitFor(() => expect(sent.map((track) => track?.label)).toEqual(['filtered', undefined, 'filtered']));
  expect([microphone.tracks.length, one.track?.enabled, filter.close.mock.calls.length]).toEqual([2, true, 1]);
});

it('uses the filter of the browser where there are no worklets, and says so', async () => {
  filter.fails = true;
  const { one, told, sent } = make(STRONG);
  await one.start();
  expect([sent.at(-1)?.label, told.length]).toEqual(['microphone', 1]);
  expect(microphone.tracks[0]?.applyConstraints).toHaveBeenCalledWith({ noiseSuppression: true });
});

it('turns the filter on and off while it captures', async () => {
  const { one, sent } = make(DEFAULTS);
  await one.start();
  await one.setWishes(STRONG);
  await one.setWishes({ ...STRONG, noiseSuppression: false });
  expect(sent.map((track) => track?.label)).toEqual(['microphone', 'filtered', 'microphone']);
});

it('captures anew when the wishes change while it opens', async () => {
  const { one, sent } = make(DEFAULTS);
  const started = one.start();
  await one.setWishes(STRONG);
  await started;
  expect(sent.at(-1)?.label).toBe('filtered');
});

it('frees a device that comes after it is wanted no more', async () => {
  const { one, sent } = make(STRONG);
  const started = one.start();
  one.stop();
  expect(await started).toBe(false);
  expect([sent, microphone.tracks[0]?.readyState]).toEqual([[null], 'ended']);
});
