import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** The gain nodes that were made. */
let nodes: { gain: { value: number }; connect: () => void }[];

beforeEach(() => {
  vi.resetModules();
  nodes = [];
  vi.stubGlobal(
    'AudioContext',
    class {
      destination = {};
      resume = () => Promise.resolve();
      createGain() {
        const node = { gain: { value: 1 }, connect: () => undefined };
        nodes.push(node);
        return node;
      }
      createMediaElementSource() {
        return { connect: (node: object) => node };
      }
    },
  );
});

afterEach(() => vi.unstubAllGlobals());

/** A film; on an iPhone its volume cannot be set. */
function film(isIphone: boolean, source = `${location.origin}/media/film.mp4`): HTMLVideoElement {
  const element = document.createElement('video');
  Object.defineProperty(element, 'currentSrc', { value: source });
  if (isIphone) Object.defineProperty(element, 'volume', { get: () => 1, set() {} });
  return element;
}

it('sets the volume where it can, so that the sound stays with the echo canceller', async () => {
  const { setLoudness } = await import('./loudness');
  const element = film(false);
  setLoudness(element, 0.25);
  expect([element.volume, nodes.length]).toEqual([0.25, 0]);
});

it('turns the film down by a gain node where the volume cannot be set, and up again', async () => {
  const { setLoudness } = await import('./loudness');
  const element = film(true);
  setLoudness(element, 1);
  expect(nodes).toEqual([]);
  for (const volume of [0.25, 0.5, 1]) {
    setLoudness(element, volume);
    expect(nodes.map(({ gain }) => gain.value)).toEqual([volume]);
  }
});

it('leaves a film of a foreign origin alone, which a graph would silence', async () => {
  const { setLoudness } = await import('./loudness');
  setLoudness(film(true, 'https://films.example/film.mp4'), 0.25);
  expect(nodes).toEqual([]);
});
