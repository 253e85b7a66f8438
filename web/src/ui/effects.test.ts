import { expect, it, vi } from 'vitest';
import { afterFrames } from './effects';

const count = (shown: number, dropped: number) => ({ shown, dropped });

it('steps down one level at a time while frames are dropped', () => {
  expect(afterFrames('full', count(0, 0), count(125, 20))).toBe('calm');
  expect(afterFrames('calm', count(125, 20), count(250, 40))).toBe('low');
  expect(afterFrames('low', count(250, 40), count(375, 60))).toBe('low');
});

it('stays when few frames are dropped, few frames were shown, or the video is another one', () => {
  expect(afterFrames('full', count(0, 0), count(125, 5))).toBe('full');
  expect(afterFrames('full', count(0, 0), count(30, 30))).toBe('full');
  expect(afterFrames('full', count(500, 90), count(120, 0))).toBe('full');
});

it('stays calm where the browser would draw with the processor', async () => {
  vi.resetModules();
  const { calmWithoutGraphicsCard, useEffects } = await import('./effects');
  const asked = vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  calmWithoutGraphicsCard();
  calmWithoutGraphicsCard();
  expect(useEffects.getState().effects).toBe('calm');
  expect(asked).toHaveBeenCalledExactlyOnceWith('webgl', { failIfMajorPerformanceCaveat: true });
  asked.mockRestore();
});
