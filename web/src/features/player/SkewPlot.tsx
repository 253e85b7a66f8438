import { useRoom } from '../room/context';

const WIDTH = 600;
const HEIGHT = 84;
const SPAN_MS = 60_000;
const SCALES = [10, 25, 50, 100, 250, 1_000];

/** The skew of the last minute; the scale is the smallest that holds it. */
export function SkewPlot() {
  const trace = useRoom((state) => state.trace);
  const endMs = trace.at(-1)?.atMs ?? 0;
  const points = trace.filter((p) => endMs - p.atMs <= SPAN_MS);
  const most = Math.max(0, ...points.map((p) => Math.abs(p.driftMs ?? 0)));
  const scale = SCALES.find((s) => most <= s) ?? most;
  const y = (ms: number) => HEIGHT / 2 - (ms / scale) * (HEIGHT / 2 - 4);
  const x = (ms: number) => WIDTH - ((endMs - ms) / SPAN_MS) * WIDTH;
  // The line is lifted where nothing moved.
  const path = points
    .map((p, i) => (p.driftMs === null ? '' : `${points[i - 1]?.driftMs == null ? 'M' : 'L'}${x(p.atMs).toFixed(1)} ${y(p.driftMs).toFixed(1)}`))
    .join('');
  return (
    <div className="relative min-w-0">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`Skew of the last minute, within ${scale} milliseconds`} className="h-21 w-full rounded-xl bg-well">
        <line x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} stroke="var(--edge)" strokeWidth={1.5} />
        <path d={path} fill="none" stroke="var(--accent)" strokeWidth={2} strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
      </svg>
      <span className="absolute top-1 left-2 text-[11px] text-faint tabular-nums">+{scale} ms</span>
      <span className="absolute bottom-1 left-2 text-[11px] text-faint tabular-nums">−{scale} ms</span>
    </div>
  );
}
