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

it.each([
  ['Google SwiftShader', 'calm'],
  ['llvmpipe (LLVM 15.0.6, 256 bits)', 'calm'],
  ['NVIDIA GeForce RTX 3060', 'full'],
])('asks once what draws: %s is %s', async (renderer, effects) => {
  vi.resetModules();
  const { calmWithoutGraphicsCard, useEffects } = await import('./effects');
  const context = { getExtension: () => null, getParameter: () => renderer } as unknown as WebGLRenderingContext;
  const asked = vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(context);
  calmWithoutGraphicsCard();
  calmWithoutGraphicsCard();
  expect(useEffects.getState().effects).toBe(effects);
  expect(asked).toHaveBeenCalledExactlyOnceWith('webgl');
  asked.mockRestore();
});
