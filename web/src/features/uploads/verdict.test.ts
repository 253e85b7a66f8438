import { expect, it } from 'vitest';
import type { Probe } from './probe';
import { type Limits, verdictOn } from './verdict';

const GIB = 1024 ** 3;
const LIMITS: Limits = { enabled: true, maxBytes: 8 * GIB, maxSeconds: 10_800, usedBytes: 0, quotaBytes: 20 * GIB };
const PROBE: Probe = {
  contentType: 'video/mp4',
  seconds: 5_400,
  video: { codec: 'avc1.640028', name: 'H.264', width: 1920, height: 1080, hdr: false },
  audio: [{ codec: 'mp4a.40.2', name: 'AAC', channels: 2 }],
};
const picture = (part: Partial<NonNullable<Probe['video']>>): Probe => ({
  ...PROBE,
  video: { codec: 'avc1.640028', name: 'H.264', width: 1920, height: 1080, hdr: false, ...part },
});
const of = (probe: Probe | null, size = 2 * GIB, limits: Limits | null = LIMITS, earlier = 0) =>
  verdictOn({ size }, probe, limits, earlier);

it('says that a film plays as it is', () => {
  expect(of(PROBE)).toEqual({
    outcome: 'plays',
    text: 'Plays at once.',
    facts: ['1:30:00', '1920 × 1080', '2 GB'],
  });
  expect(of({ ...PROBE, audio: [] }).outcome).toBe('plays');
});

// Cases M12 and M13: the name of the codec alone does not decide.
it.each([
  [picture({ codec: 'hvc1.2.4.L120', name: 'HEVC' }), 'picture: HEVC'],
  [picture({ codec: 'avc1.6e0028' }), 'picture: H.264'],
  [picture({ codec: 'vp09.00.10.08', name: 'VP9' }), 'picture: VP9'],
  [{ ...PROBE, audio: [{ codec: 'ac-3', name: 'AC-3', channels: 2 }] }, 'sound: AC-3'],
  [{ ...PROBE, audio: [{ codec: 'mp4a.40.2', name: 'AAC', channels: 6 }] }, 'sound: AAC, 6 channels'],
  [{ ...PROBE, audio: [{ codec: 'mp4a.40.5', name: 'AAC', channels: 2 }] }, 'sound: AAC'],
])('says that a film is converted, and why', (probe, why) => {
  const { outcome, text } = of(probe);
  expect(outcome).toBe('converts');
  expect(text).toBe(`It is converted first (${why}). You can watch while that goes on.`);
});

it.each([
  [of(PROBE, 9.1 * GIB), 'This file is too large (9.1 GB of 8 GB). Choose a smaller one.'],
  [
    of({ ...PROBE, seconds: 4 * 3_600 }),
    'This film is too long (4 hours), and 3 hours is the most. Choose a shorter one.',
  ],
  [
    of(PROBE, 2 * GIB, { ...LIMITS, usedBytes: 17 * GIB }, 1.5 * GIB),
    'Your storage has no room for this file (19 GB of 20 GB used). Delete something from your uploads first.',
  ],
  [of(PROBE, 0), 'This file is empty. Choose another one.'],
  [
    of({ ...PROBE, video: null, audio: [] }),
    'This file is damaged or cut short, so no film can be read from it. Check that it plays on your device, or choose another one.',
  ],
  [
    of(PROBE, 5, { ...LIMITS, enabled: false }),
    'This installation takes no uploads, or none from guests. Sign in, or paste a link instead.',
  ],
])('refuses before anything is sent: %#', (verdict, text) => {
  expect(verdict).toMatchObject({ outcome: 'refused', text });
});

it('leaves it to the server what the browser cannot read, and limits that it does not know', () => {
  expect(of(null).outcome).toBe('unknown');
  expect(of(PROBE, 90 * GIB, null).outcome).toBe('plays');
});
