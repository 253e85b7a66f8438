import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AudioOffset } from './AudioOffset';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The text beside the slider while the browser reports these latencies, in seconds. */
async function shown(outputLatency: number | undefined): Promise<string> {
  const close = vi.fn<() => Promise<void>>(() => Promise.resolve());
  vi.stubGlobal(
    'AudioContext',
    class {
      outputLatency = outputLatency;
      close = close;
    },
  );
  const place = document.createElement('div');
  const root = createRoot(place);
  await act(async () => root.render(<AudioOffset />));
  await act(async () => vi.advanceTimersByTime(500));
  const text = place.textContent ?? '';
  await act(async () => root.unmount());
  expect(close).toHaveBeenCalledTimes(1);
  return text;
}

it('says what the browser knows of a Bluetooth output, and that it allows for it', async () => {
  expect(await shown(0.18)).toContain('reports 180 ms for this output and allows for it already');
});

it('says nothing of a wired output, or where the browser does not know', async () => {
  for (const latency of [0.02, 0, undefined]) expect(await shown(latency)).not.toContain('reports');
});
