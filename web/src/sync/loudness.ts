// The loudness of a media element. On iPhones `volume` cannot be set, and a gain node stands in for it. Elsewhere the element
// plays by itself: sound that goes through Web Audio escapes the echo canceller.

/** Elements that play through a gain node. */
const nodes = new WeakMap<HTMLMediaElement, GainNode>();
let context: AudioContext | null = null;
let settable: boolean | null = null;

/** `volume`: 0 to 1. */
export function setLoudness(element: HTMLMediaElement, volume: number): void {
  element.volume = volume;
  settable ??= isSettable(element);
  if (settable) return;
  const node = nodes.get(element) ?? (volume < 1 ? gainOf(element) : null);
  if (node) node.gain.value = volume;
}

function isSettable(element: HTMLMediaElement): boolean {
  const before = element.volume;
  const other = before > 0.5 ? 0.25 : 0.75;
  element.volume = other;
  const isSet = Math.abs(element.volume - other) < 0.01;
  element.volume = before;
  return isSet;
}

/** A film of a foreign origin would fall silent in the graph, so it keeps its loudness. */
function gainOf(element: HTMLMediaElement): GainNode | null {
  const source = element.currentSrc;
  if (!source || (new URL(source, location.href).origin !== location.origin && !source.startsWith('blob:')))
    return null;
  context ??= new AudioContext();
  void context.resume();
  const node = context.createGain();
  context.createMediaElementSource(element).connect(node).connect(context.destination);
  nodes.set(element, node);
  return node;
}
