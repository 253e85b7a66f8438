// The traffic of the WebSocket at rest: bytes as the line counts them, by kind of frame.

/** @param {import('./person.mjs').Visit} visit @param {[fromMs: number, toMs: number][]} resting */
export function restTraffic(visit, resting) {
  const beginMs = visit.frames[0]?.[1] ?? Infinity;
  const spans = resting.filter(([fromMs]) => fromMs >= beginMs);
  const seconds = spans.reduce((sum, [fromMs, toMs]) => sum + toMs - fromMs, 0) / 1_000;
  const inRest = (/** @type {number} */ atMs) => spans.some(([fromMs, toMs]) => atMs >= fromMs && atMs < toMs);
  const perSecond = (/** @type {'up' | 'down'} */ wanted) =>
    visit.webSocket.reduce(
      (sum, [atMs, direction, bytes]) => sum + (direction === wanted && inRest(atMs) ? bytes : 0),
      0,
    ) / seconds;

  /** @type {Map<string, { direction: string, kind: string, count: number, bytes: number, example: string }>} */
  const kinds = new Map();
  for (const { atMs, direction, bytes, frame } of visit.talk) {
    if (!inRest(atMs)) continue;
    const kind = kindOf(frame);
    const key = `${direction} ${kind}`;
    const row = kinds.get(key) ?? { direction, kind, count: 0, bytes: 0, example: JSON.stringify(frame).slice(0, 400) };
    row.count += 1;
    row.bytes += bytes;
    kinds.set(key, row);
  }
  const frames = [...kinds.values()].map(({ direction, kind, count, bytes, example }) => ({
    direction,
    kind,
    everyS: round(seconds / count),
    meanBytes: round(bytes / count),
    bytesPerSecond: round(bytes / seconds),
    example,
  }));
  return {
    seconds: round(seconds),
    upBytesPerSecond: seconds > 0 ? round(perSecond('up')) : null,
    downBytesPerSecond: seconds > 0 ? round(perSecond('down')) : null,
    frames: frames.toSorted((a, b) => b.bytesPerSecond - a.bytesPerSecond),
  };
}

/** @param {Record<string, unknown>} frame */
function kindOf(frame) {
  const kind = Object.keys(frame).find((key) => key !== 'id') ?? 'empty';
  const inner = frame[kind];
  return kind === 'resource' && inner !== null && typeof inner === 'object'
    ? `resource.${Object.keys(inner)[0] ?? ''}`
    : kind;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
