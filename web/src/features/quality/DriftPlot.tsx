import { type DriftPoint, SPAN_MS } from '../../room/slices/quality';
import { cx } from '../../ui/classes';
import { plotScaleMs } from './skew';

const WIDTH = 600;
const HEIGHT = 80;

interface Props {
  /** Name of the person. */
  label: string;
  trace: readonly DriftPoint[];
  /** The time at the right edge, by this page's clock. */
  nowMs: number;
  className?: string;
}

/** Plots the drift of the last two minutes. Values outside of the scale are drawn at its edge. */
export function DriftPlot({ label, trace, nowMs, className }: Props) {
  const points = trace.filter((p) => nowMs - p.atMs <= SPAN_MS);
  const scale = plotScaleMs(points);
  const y = (ms: number) => HEIGHT / 2 - Math.max(-1, Math.min(1, ms / scale)) * (HEIGHT / 2 - 6);
  const x = (ms: number) => WIDTH - ((nowMs - ms) / SPAN_MS) * WIDTH;
  // The line has gaps where nothing moved.
  const path = points
    .map((p, i) =>
      p.driftMs === null
        ? ''
        : `${points[i - 1]?.driftMs == null ? 'M' : 'L'}${x(p.atMs).toFixed(1)} ${y(p.driftMs).toFixed(1)}`,
    )
    .join('');
  const last = points.at(-1);
  return (
    <div className={cx('relative min-w-0 overflow-hidden rounded-xl bg-well', className)}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Skew of ${label} in the last two minutes, mostly within ${scale} milliseconds`}
        className="absolute inset-0 size-full"
      >
        <line
          x1={0}
          x2={WIDTH}
          y1={HEIGHT / 2}
          y2={HEIGHT / 2}
          stroke="var(--edge)"
          strokeWidth={1.5}
          vectorEffect="non-scaling-stroke"
        />
        <path
          d={path}
          fill="none"
          stroke="var(--accent)"
          strokeWidth={2}
          strokeLinejoin="round"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      {last?.driftMs != null && (
        <span
          aria-hidden
          className="absolute size-1.5 -translate-1/2 rounded-full bg-accent"
          style={{ left: `${(x(last.atMs) / WIDTH) * 100}%`, top: `${(y(last.driftMs) / HEIGHT) * 100}%` }}
        />
      )}
      <span aria-hidden className="absolute top-0.5 left-2 text-[11px] text-faint tabular-nums">
        +{scale} ms
      </span>
      <span aria-hidden className="absolute bottom-0.5 left-2 text-[11px] text-faint tabular-nums">
        −{scale} ms
      </span>
    </div>
  );
}
