// The results as a table and as JSON.
import { quantileOf, type Tally } from './measure';
import type { Rule } from './rules/rule';

export interface Result {
  id: string;
  label: string;
  facts: string;
  runs: number;
  playedHours: number;
  /** Milliseconds between two members, outside the 3 s after an event. */
  skewMs: Quantiles;
  /** The same with those 3 s and the events themselves. */
  alwaysMs: Quantiles;
  /** For each hour of one member. */
  correctionsPerHour: number;
  seeksPerHour: number;
  oddRateSecondsPerHour: number;
  /** From a late join to staying within 50 ms of the others: median, 95th percentile, and how many never did. */
  joinMs: { p50: number | null; p95: number | null; share: number };
  cumulative: number[];
}

export interface Quantiles {
  p50: number;
  p95: number;
  p99: number;
}

/** The skews at which the plot reads its curves, in ms. */
export const EDGES_MS = Array.from({ length: 81 }, (_, i) => 10 ** (i / 20));

export function resultOf(rule: Rule, tally: Tally, lateJoiners: number): Result {
  const playedHours = tally.playedMs / 3_600_000;
  const rounded = (value: number) => (Number.isFinite(value) ? Math.round(value * 10) / 10 : null);
  return {
    id: rule.id,
    label: rule.label,
    facts: rule.facts,
    runs: tally.runs,
    playedHours: rounded(playedHours) ?? 0,
    skewMs: quantiles(tally.settled),
    alwaysMs: quantiles(tally.always),
    correctionsPerHour: rounded(tally.corrections / playedHours) ?? 0,
    seeksPerHour: rounded(tally.seeks / playedHours) ?? 0,
    oddRateSecondsPerHour: rounded(tally.oddMs / 1_000 / playedHours) ?? 0,
    joinMs: {
      p50: rounded(quantileOf(tally.joins, 0.5)),
      p95: rounded(quantileOf(tally.joins, 0.95)),
      share: lateJoiners ? Math.round((tally.joins.length / lateJoiners) * 100) / 100 : 0,
    },
    cumulative: tally.settled.cumulative(EDGES_MS).map((share) => Math.round(share * 1e4) / 1e4),
  };
}

function quantiles(histogram: { quantile(part: number): number }): Quantiles {
  return { p50: histogram.quantile(0.5), p95: histogram.quantile(0.95), p99: histogram.quantile(0.99) };
}

const HEAD = [
  'Rule',
  'p50',
  'p95',
  'p99',
  'always p95',
  'corrections/h',
  'of them seeks/h',
  'audible rate, s/h',
  'late joiners in sync',
];

export function table(results: readonly Result[]): string {
  const rows = results.map((r) => [
    r.label,
    r.skewMs.p50.toFixed(1),
    r.skewMs.p95.toFixed(1),
    r.skewMs.p99.toFixed(1),
    r.alwaysMs.p95.toFixed(1),
    r.correctionsPerHour.toFixed(1),
    r.seeksPerHour.toFixed(1),
    r.oddRateSecondsPerHour.toFixed(1),
    r.joinMs.p50 === null
      ? 'never'
      : `${Math.round(r.joinMs.share * 100)} %, median ${(r.joinMs.p50 / 1_000).toFixed(1)} s`,
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(HEAD), line(HEAD.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export function conditions(named: readonly { name: string; result: Result }[]): string {
  const rows = named.map(({ name, result: r }) => {
    const cells = [
      name,
      r.skewMs.p50,
      r.skewMs.p95,
      r.skewMs.p99,
      r.correctionsPerHour,
      r.seeksPerHour,
      r.oddRateSecondsPerHour,
    ];
    return `| ${cells.map((c) => (typeof c === 'number' ? c.toFixed(1) : c)).join(' | ')} |`;
  });
  return [
    '| Rooms where | p50 | p95 | p99 | corrections/h | seeks/h | audible rate, s/h |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}
