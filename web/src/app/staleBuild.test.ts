import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reloadWhenStale } from './staleBuild';

const OLD = '/assets/main-old.js';
const page = (script: string) => `<html><script type="module" src="${script}"></script></html>`;
let stop: () => void = () => undefined;

function setUp(served: () => Promise<string>, calm = true) {
  const notes = new Map<string, string>();
  const seen = { reloads: 0, calm };
  const start = (script: string) => {
    stop();
    stop = reloadWhenStale({
      script,
      page: served,
      calm: () => seen.calm,
      reload: () => {
        seen.reloads += 1;
      },
      storage: { getItem: (key) => notes.get(key) ?? null, setItem: (key, value) => void notes.set(key, value) },
    });
  };
  start(OLD);
  const missPart = async () => {
    window.dispatchEvent(new Event('vite:preloadError'));
    await vi.advanceTimersByTimeAsync(0);
  };
  return { seen, start, missPart };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stop();
  stop = () => undefined;
  vi.useRealTimers();
});

// Case O14.
describe('a chunk of the build that is gone', () => {
  it('reloads the page when the server has another build', async () => {
    const { seen, missPart } = setUp(async () => page('/assets/main-new.js'));
    await missPart();
    expect(seen.reloads).toBe(1);
  });

  it('waits for a calm moment', async () => {
    const { seen, missPart } = setUp(async () => page('/assets/main-new.js'), false);
    await missPart();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.reloads).toBe(0);
    seen.calm = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(seen.reloads).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.reloads).toBe(1);
  });

  it('reloads once for each build, whatever chunk is missing later', async () => {
    const { seen, start, missPart } = setUp(async () => page('/assets/main-new.js'));
    await missPart();
    start(OLD);
    await missPart();
    expect(seen.reloads).toBe(1);
    start('/assets/main-newer.js');
    await missPart();
    expect(seen.reloads).toBe(2);
  });

  it('does not reload when the build is still there or the server is not', async () => {
    for (const served of [async () => page(OLD), () => Promise.reject(new Error('offline'))]) {
      const { seen, missPart } = setUp(served);
      await missPart();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(seen.reloads).toBe(0);
    }
  });
});
