import { expect, it } from 'vitest';
import { cuesOf, textAt } from './vtt';

const FILE = `WEBVTT

NOTE made by hand

1
00:01.000 --> 00:03.500 line:90%
I thought you had
<i>sold</i> the boat.

01:00:00.250 --> 01:00:02.000
Tom &amp; Ann &lt;3

00:02.000 --> 00:04.000
- Who says so?
`;

it('reads times with and without hours, and plain text', () => {
  expect(cuesOf(FILE)).toEqual([
    { startMs: 1_000, endMs: 3_500, text: 'I thought you had\nsold the boat.' },
    { startMs: 2_000, endMs: 4_000, text: '- Who says so?' },
    { startMs: 3_600_250, endMs: 3_602_000, text: 'Tom & Ann <3' },
  ]);
});

it('shows all that is said at a moment', () => {
  const cues = cuesOf(FILE);
  expect(textAt(cues, 999)).toBe('');
  expect(textAt(cues, 2_500)).toBe('I thought you had\nsold the boat.\n- Who says so?');
  expect(textAt(cues, 3_500)).toBe('- Who says so?');
});

// Case M20: what the player shows follows from the position in the film alone, before and after a seek.
it('shows a cue at its time in the film, to the frame', () => {
  const cues = cuesOf('WEBVTT\n\n00:00:10.000 --> 00:00:12.000\nten');
  const frameMs = 1_000 / 25;
  expect([10_000 - frameMs, 10_000, 12_000 - frameMs, 12_000].map((at) => textAt(cues, at))).toEqual([
    '',
    'ten',
    'ten',
    '',
  ]);
});

it('takes nothing from a file without cues', () => {
  expect(cuesOf('WEBVTT')).toEqual([]);
  expect(cuesOf('<html>')).toEqual([]);
});
