// Plots the share of time that two members are within a skew, for each rule. The picture works on light and dark pages,
// and without colours: each curve has its name.
import { EDGES_MS, type Result } from './report';

const WIDTH = 876;
const HEIGHT = 470;
const LEFT = 56;
const RIGHT = 226;
const TOP = 40;
const BOTTOM = 52;
const HUES = [150, 265, 300, 25, 60, 100, 200, 340, 230];
const LABEL_GAP = 17;

const x = (ms: number): number => LEFT + (Math.log10(ms) / 4) * (WIDTH - LEFT - RIGHT);
const y = (share: number): number => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);

export function plot(results: readonly Result[]): string {
  const grid = [1, 10, 100, 1_000, 10_000].map(
    (ms) =>
      `<line class="grid" x1="${x(ms)}" x2="${x(ms)}" y1="${TOP}" y2="${y(0)}"/><text class="tick" x="${x(ms)}" y="${y(0) + 18}" text-anchor="middle">${ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`}</text>`,
  );
  const shares = [0, 0.25, 0.5, 0.75, 0.95].map(
    (share) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share)}" y2="${y(share)}"/><text class="tick" x="${LEFT - 8}" y="${y(share) + 4}" text-anchor="end">${share * 100} %</text>`,
  );
  const curves = results.map((result, i) => {
    const points = EDGES_MS.map((edge, at) => `${x(edge).toFixed(1)},${y(result.cumulative[at] ?? 0).toFixed(1)}`).join(
      ' ',
    );
    return `<polyline class="c${i}" points="${points}"/>`;
  });
  const names = labels(results).map(
    ({ at, index, label, p95 }) =>
      `<line class="c${index}" x1="${WIDTH - RIGHT + 12}" x2="${WIDTH - RIGHT + 30}" y1="${at - 4}" y2="${at - 4}"/><text x="${WIDTH - RIGHT + 36}" y="${at}">${label} <tspan class="tick">${p95}</tspan></text>`,
  );
  const colours = results.map((_, i) => `.c${i}{stroke:hsl(${HUES[i % HUES.length]} 75% 36%)}`).join('');
  const darks = results.map((_, i) => `.c${i}{stroke:hsl(${HUES[i % HUES.length]} 80% 68%)}`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="t">
<title id="t">Skew between two members of a room, cumulative, by rule of synchronisation</title>
<style>
text{font:13px system-ui,sans-serif;fill:#1d2430}.tick{font-size:11px;fill:#5b6575}.grid{stroke:#8894a833}polyline,line{fill:none;stroke-width:2}.grid{stroke-width:1}.c0{stroke-width:3.5}rect{fill:#fff}${colours}
@media(prefers-color-scheme:dark){text{fill:#e8ecf3}.tick{fill:#9aa6b8}rect{fill:#12161d}${darks}}
</style>
<rect width="${WIDTH}" height="${HEIGHT}"/>
<text x="${LEFT}" y="22">Share of the time that two members are within … of each other (simulated)</text>
<text class="tick" x="${WIDTH - RIGHT + 12}" y="${TOP - 4}">rule, 95th percentile</text>
${[...grid, ...shares, ...curves, ...names].join('\n')}
<text class="tick" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">skew, logarithmic</text>
</svg>
`;
}

function labels(results: readonly Result[]): { at: number; index: number; label: string; p95: string }[] {
  const sorted = results
    .map((result, index) => ({ index, label: result.label, ms: result.skewMs.p95 }))
    .toSorted((a, b) => a.ms - b.ms);
  return sorted.map(({ index, label, ms }, place) => ({
    at: TOP + 14 + place * LABEL_GAP * 1.6,
    index,
    label,
    p95: ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms.toFixed(0)} ms`,
  }));
}
