import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOffset, quantile, sorted, track } from './skew.mjs';

const VSYNC_MS = 1_000 / 60;
const FRAME_MS = 20;

/** The frames of a film on a 60 Hz display, each at the first vsync after it is due. */
function visit({
  person = 'Mia',
  positionMs = 0,
  vsyncPhaseMs = 0,
  codeMs = 0,
  seconds = 10,
  jump = /** @type {(atMs: number) => number} */ (() => 0),
} = {}) {
  /** @type {import('./probe.mjs').Noted['frames']} */
  const frames = [];
  let last = -1;
  for (let displayMs = vsyncPhaseMs; displayMs < seconds * 1_000; displayMs += VSYNC_MS) {
    const currentMs = displayMs + positionMs + jump(displayMs);
    const frame = Math.floor(currentMs / FRAME_MS);
    if (frame < 0 || frame === last) continue;
    last = frame;
    frames.push([frame * FRAME_MS - codeMs, displayMs, currentMs - 8, displayMs - 8]);
  }
  /** @type {import('./probe.mjs').Noted['codes']} */
  const codes = frames
    .filter((_, i) => i % 50 === 0)
    .map(([mediaMs, displayMs]) => [displayMs, mediaMs, Math.round((mediaMs + codeMs) / FRAME_MS)]);
  return { person, frames, codes };
}

/** @param {ReturnType<typeof visit>} a @param {ReturnType<typeof visit>} b */
function skews(a, b) {
  const [first, second] = [a, b].map((one) => track(one, 0, 10_000));
  return Array.from(first.pictureMs, (ms, i) => ms - second.pictureMs[i]).filter(Number.isFinite);
}

test('the skew of two people is measured to 2.5 ms, with any phase of their displays', () => {
  for (const aheadMs of [0, 3, 7, 25, -40]) {
    for (const vsyncPhaseMs of [0, 5, 11, 16]) {
      const found = skews(
        visit({ positionMs: 1_000 + aheadMs, vsyncPhaseMs }),
        visit({ positionMs: 1_000, vsyncPhaseMs: 2 }),
      );
      assert.ok(found.length > 150, `only ${found.length} instants`);
      for (const ms of found.slice(20, -20))
        assert.ok(Math.abs(ms - aheadMs) < 2.5, `${ms} instead of ${aheadMs} ms at phase ${vsyncPhaseMs}`);
    }
  }
});

test('the numbers in the picture reveal a player that shifts its media time', () => {
  const found = skews(visit({ positionMs: 1_000, codeMs: 60 }), visit({ positionMs: 1_000 }));
  assert.ok(
    found.every((ms) => Math.abs(ms) < 2.5),
    `up to ${Math.max(...found.map(Math.abs))} ms`,
  );
  assert.equal(codeOffset(visit({ positionMs: 1_000, codeMs: 60 }).codes).offsetMs, 60);
});

test('late callbacks are ignored', () => {
  const late = visit({ positionMs: 1_000 });
  late.frames = late.frames.map(([mediaMs, displayMs, currentMs, readMs], i) =>
    i % 5 === 0 ? [mediaMs, displayMs - 30, currentMs, displayMs + 5] : [mediaMs, displayMs, currentMs, readMs],
  );
  assert.ok(skews(late, visit({ positionMs: 1_000 })).every((ms) => Math.abs(ms) < 4));
});

test('a seek is not averaged away', () => {
  const found = track(visit({ positionMs: 1_000, jump: (atMs) => (atMs > 5_000 ? 500 : 0) }), 0, 10_000).pictureMs;
  const calm = Array.from(found).filter(Number.isFinite);
  assert.ok(
    calm.every((ms) => Math.abs(ms - 990) < 20 || Math.abs(ms - 1_490) < 20),
    calm.join(' '),
  );
});

test('quantiles are those of the nearest rank', () => {
  const values = sorted([5, 1, 4, 2, 3]);
  assert.deepEqual(
    [quantile(values, 0), quantile(values, 0.5), quantile(values, 0.95), quantile(values, 1)],
    [1, 3, 5, 5],
  );
});
