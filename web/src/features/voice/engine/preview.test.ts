import { afterEach, expect, it, vi } from 'vitest';
import { DEFAULTS } from '../voiceSettings';
import { Preview, type PreviewView } from './preview';
import { fakeMicrophone, microphone } from './voiceChat.testkit';

afterEach(() => vi.unstubAllGlobals());

function makePreview() {
  fakeMicrophone();
  const views: PreviewView[] = [];
  let nowMs = 0;
  const preview = new Preview(
    DEFAULTS,
    (view) => void views.push(view),
    () => (nowMs += 50),
  );
  return { preview, views };
}

it('captures on a press alone, shows the level, and frees the device', async () => {
  const { preview, views } = makePreview();
  expect([microphone.tracks, preview.levelDb()]).toEqual([[], -Infinity]);
  await preview.start();
  expect(views.at(-1)).toEqual({ device: 'microphone', problem: '' });
  microphone.level = 0.1;
  expect(preview.levelDb()).toBeCloseTo(-20);
  preview.stop();
  expect(views.at(-1)?.device).toBe('');
  expect(microphone.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
});

it('learns the noise of the room for the mark of the threshold', async () => {
  const { preview } = makePreview();
  await preview.start();
  const before = preview.thresholdDb();
  microphone.level = 0.01;
  for (let n = 0; n < 200; n += 1) preview.levelDb();
  expect(preview.thresholdDb()).toBeGreaterThan(before);
});

it('moves to another device while it is watched', async () => {
  const { preview } = makePreview();
  await preview.start();
  preview.apply({ ...DEFAULTS, deviceId: 'headset' });
  await vi.waitFor(() => expect(microphone.tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'live']));
  expect(navigator.mediaDevices.getUserMedia).toHaveBeenLastCalledWith({
    audio: expect.objectContaining({ deviceId: { exact: 'headset' } }),
  });
});

it('says why there is no microphone, and can try again', async () => {
  const { preview, views } = makePreview();
  vi.mocked(navigator.mediaDevices.getUserMedia).mockRejectedValueOnce(new DOMException('no', 'NotAllowedError'));
  await preview.start();
  expect(views.at(-1)).toMatchObject({ device: '', problem: expect.stringContaining('blocks the microphone') });
  await preview.start();
  expect(views.at(-1)).toEqual({ device: 'microphone', problem: '' });
});
