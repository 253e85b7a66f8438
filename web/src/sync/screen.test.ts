import { describe, expect, it } from 'vitest';
import { Screen } from './screen';

/** Shows frames, 25 a second unless told, that are `gapMs` from the clock, give or take what vsyncs do to them. */
function show(screen: Screen, fromMs: number, forMs: number, gapMs: number): number {
  for (let atMs = fromMs; atMs < fromMs + forMs; atMs += 40) screen.add(atMs, gapMs + (((atMs / 40) % 5) - 2) * 3.3);
  return fromMs + forMs;
}

const frame = { mediaMs: 0, currentMs: 0, frameMs: 1_000, displayMs: 1_033, readMs: 1_002 };

describe('what is on screen', () => {
  it('is measured within two seconds of a start', () => {
    const screen = new Screen();
    show(screen, 0, 2_000, -29);
    expect(screen.offsetMs).toBeCloseTo(-29, 0);
  });

  it('is the clock where frames only wait for their vsync', () => {
    const screen = new Screen();
    show(screen, 0, 60_000, 7);
    expect(screen.offsetMs).toBe(0);
  });

  it('is the clock within half a frame, because the picture cannot be placed more precisely', () => {
    for (const [framesPerSecond, offsetMs] of [
      [30, 0],
      [60, 13],
    ] as const) {
      const screen = new Screen();
      for (let i = 0; i < 20; i += 1) screen.isPunctual({ ...frame, mediaMs: (i * 1_000) / framesPerSecond });
      show(screen, 0, 5_000, 13);
      expect(screen.offsetMs).toBeCloseTo(offsetMs, 0);
    }
  });

  it('is measured again after each start', () => {
    const screen = new Screen();
    const atMs = show(screen, 0, 5_000, -29);
    screen.restart();
    expect(screen.offsetMs).toBe(0);
    show(screen, atMs + 1_000, 2_000, 21);
    expect(screen.offsetMs).toBeCloseTo(21, 0);
  });

  it('returns when a correction changed the pattern of vsyncs', () => {
    const screen = new Screen();
    let atMs = show(screen, 0, 2_000, -29);
    screen.rateChanged(true);
    atMs = show(screen, atMs, 2_500, -60);
    expect(screen.offsetMs).toBeCloseTo(-29, 0);
    screen.rateChanged(false);
    show(screen, atMs, 2_000, 1);
    expect(screen.offsetMs).toBe(0);
  });

  it('is followed after a lasting jump, and not again soon', () => {
    const screen = new Screen();
    let atMs = show(screen, 0, 30_000, 0);
    atMs = show(screen, atMs, 4_000, -17);
    atMs = show(screen, atMs, 26_000, 0);
    expect(screen.offsetMs).toBe(0);
    atMs = show(screen, atMs, 20_000, -25);
    expect(screen.offsetMs).toBeCloseTo(-25, 0);
    atMs = show(screen, atMs, 20_000, -25);
    atMs = show(screen, atMs, 40_000, 20);
    expect(screen.offsetMs).toBeCloseTo(-25, 0);
    show(screen, atMs, 80_000, 20);
    expect(screen.offsetMs).toBeCloseTo(20, 0);
  });

  it('ignores late callbacks', () => {
    const screen = new Screen();
    for (let i = 0; i < 20; i += 1) expect(screen.isPunctual(frame)).toBe(true);
    expect(screen.isPunctual({ ...frame, displayMs: 1_005 })).toBe(false);
    expect(screen.isPunctual({ ...frame, readMs: 1_040 })).toBe(false);
  });
});
