// The results: JSON for programs, Markdown for documents, a page with plots for people, one plot alone.
import { mkdir, writeFile } from 'node:fs/promises';
import { page } from './page.mjs';
import { curves, timeline } from './plot.mjs';

/** @typedef {ReturnType<typeof import('./measure.mjs').measure>} Measured */
/** @typedef {{ format: string, busy: number, cost: import('./cost.mjs').Cost | null, ten: { droppedShare: number, browserShare: number } | null } & Measured} Run */
/** @typedef {{ at: string, commit: string, browser: string, machine: { cores: number, model: string, busyBefore: number }, options: Record<string, unknown>, runs: Run[] }} Results */
/** @typedef {{ what: string, target: string, limit: number, unit: string, values: (number | null)[] }} Row */

/** One row for each target, one value for each run. @param {Run[]} runs @returns {Row[]} */
export function targets(runs) {
  const most = (/** @type {(number | null)[]} */ values) =>
    values.length && values.every((value) => value !== null && !Number.isNaN(value))
      ? Math.max(.../** @type {number[]} */ (values))
      : null;
  const row = (
    /** @type {string} */ what,
    /** @type {number} */ limit,
    /** @type {string} */ unit,
    /** @type {(run: Run) => number | null} */ value,
  ) => ({ what, target: `≤ ${limit}`, limit, unit, values: runs.map(value) });
  const rested = (/** @type {Run} */ run) => run.people.filter(({ restMinutes }) => restMinutes > 0);
  return [
    row('pairwise skew of what is on screen, p50', 10, 'ms', (run) => run.pictures.p50),
    row('… p95', 25, 'ms', (run) => run.pictures.p95),
    row('… p99', 50, 'ms', (run) => run.pictures.p99),
    row('pairwise skew by the players’ own clocks (what is heard), p50', 10, 'ms', (run) => run.elements.p50),
    row('… p95', 25, 'ms', (run) => run.elements.p95),
    row('… p99', 50, 'ms', (run) => run.elements.p99),
    row('join until in sync, 200 ms round trip, the slowest', 3_000, 'ms', (run) =>
      most(run.joins.map(({ inSyncMs }) => inSyncMs ?? Infinity)),
    ),
    row('corrections a minute at rest, the most of anyone', 1, '', (run) =>
      most(rested(run).map(({ correctionsPerMinute }) => correctionsPerMinute)),
    ),
    row('seeks at rest, all', 0, '', (run) => run.people.reduce((sum, { seeksAtRest }) => sum + seeksAtRest, 0)),
    row(
      'processor of the browser beyond the film alone, controls hidden',
      14,
      '% of a core',
      (run) => run.cost?.restingPoints ?? null,
    ),
    row('… controls shown', 14, '% of a core', (run) => run.cost?.shownPoints ?? null),
    row('frames dropped, ten people on one machine', 10, '%', (run) =>
      run.ten ? Math.round(run.ten.droppedShare * 1_000) / 10 : null,
    ),
    row('WebSocket bytes a second at rest, both ways, the most of anyone', 100, 'B/s', (run) =>
      run.ten
        ? null
        : most(
            rested(run).map(({ traffic }) =>
              Math.round((traffic.upBytesPerSecond ?? 0) + (traffic.downBytesPerSecond ?? 0)),
            ),
          ),
    ),
  ];
}

/** @param {string} folder @param {'sync' | 'ten'} name @param {Results} results */
export async function write(folder, name, results) {
  await mkdir(folder, { recursive: true });
  const last = results.runs.at(-1);
  await Promise.all([
    writeFile(`${folder}/${name}.json`, `${JSON.stringify(results)}\n`),
    writeFile(`${folder}/${name}.md`, markdown(results)),
    writeFile(`${folder}/${name}.html`, page(results)),
    writeFile(`${folder}/${name}.svg`, last ? timeline(last, 'pictures') : curves([])),
  ]);
}

/** @param {Results} results */
export function markdown(results) {
  const { runs } = results;
  const lines = [
    `Measured ${results.at} at ${results.commit}: ${results.browser}, ${machine(results)}, ${runs.map((run) => `${run.format} ${Math.round(run.seconds)} s, machine ${Math.round(run.busy * 100)} % busy`).join('; ')}.`,
    '',
    `| | target | ${runs.map(({ format }) => format).join(' | ')} |`,
    `|---|---|${runs.map(() => '---|').join('')}`,
    ...targets(runs).map(
      ({ what, target, limit, unit, values }) =>
        `| ${what} | ${target} ${unit} | ${values.map((value) => shown(value, limit)).join(' | ')} |`,
    ),
  ];
  for (const { format, cost, ten } of runs) {
    if (cost)
      lines.push(
        '',
        `${format}: the film alone takes ${percent(cost.aloneShare)} of a core, the page with it ${percent(cost.restingShare)} with the controls hidden and ${percent(cost.shownShare)} with them shown (1440 x 900, software rendering).`,
      );
    if (ten) lines.push('', `${format}: ten people in one browser take ${percent(ten.browserShare)} of a core.`);
  }
  for (const run of runs) {
    lines.push(
      '',
      `### ${run.format}`,
      '',
      '| pair | on screen p50 / p95 / p99 / max, ms | players’ clocks p50 / p95 / p99 / max, ms |',
      '|---|---|---|',
    );
    for (const { names, pictures, elements } of run.pairs)
      lines.push(`| ${names.join(' and ')} | ${four(pictures)} | ${four(elements)} |`);
    lines.push(
      '',
      '| person | clock off, ms | picture after player’s clock p5 / p50 / p95, ms | frames/s | corrections/min | seeks | WebSocket up + down, B/s |',
      '|---|---|---|---|---|---|---|',
    );
    for (const one of run.people) {
      const { p5, p50, p95 } = one.pictureAfterElementMs;
      lines.push(
        `| ${one.person} | ${one.clockOffsetMs ?? '–'} | ${p5} / ${p50} / ${p95} | ${one.framesPerSecond} | ${one.correctionsPerMinute ?? '–'} | ${one.seeksAtRest} | ${one.traffic.upBytesPerSecond ?? '–'} + ${one.traffic.downBytesPerSecond ?? '–'} |`,
      );
    }
    lines.push(
      '',
      '| join | in sync after, ms | hello / welcome / first seek / play / first frame after, ms |',
      '|---|---|---|',
    );
    for (const { loss, inSyncMs, phasesMs } of run.joins)
      lines.push(
        `| loss ${loss * 100} % | ${inSyncMs ?? 'never'} | ${Object.values(phasesMs)
          .map((ms) => ms ?? '–')
          .join(' / ')} |`,
      );
  }
  return `${lines.join('\n')}\n`;
}

/** @param {Results} results */
export function machine({ machine: { cores, model, busyBefore } }) {
  return `${cores} cores (${model}), ${Math.round(busyBefore * 100)} % busy before`;
}

/** @param {number | null} value @param {number} limit */
export function shown(value, limit) {
  if (value === null) return 'not measured';
  if (value === Infinity) return 'never (missed)';
  return value <= limit ? `**${value}**` : `${value} (missed)`;
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 100)} %`;
}

/** @param {Measured['pictures']} distribution */
function four({ p50, p95, p99, max }) {
  return [p50, p95, p99, max].join(' / ');
}
