// The results as a single HTML file.
import { REST_AFTER_MS, SETTLE_MS } from './measure.mjs';
import { curves, escape, timeline } from './plot.mjs';
import { machine, targets } from './report.mjs';

const STYLE =
  'body{font:15px/1.55 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#0f172a}' +
  'table{border-collapse:collapse;margin:1rem 0}td,th{padding:.3rem .8rem;text-align:left;border-bottom:1px solid #e2e8f0;vertical-align:top}' +
  'svg{max-width:100%;height:auto;margin:.5rem 0}.met{color:#047857;font-weight:600}.missed{color:#b91c1c;font-weight:600}code{font-size:12px;word-break:break-all}';

/** @param {import('./report.mjs').Results} results */
export function page(results) {
  const { runs } = results;
  return [
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>SyncWatch: sync in real browsers</title><style>${STYLE}</style>`,
    '<h1>Sync in real browsers</h1>',
    `<p>${escape(`${results.at}, ${results.commit}, ${results.browser}, ${machine(results)}.`)} `,
    `Skew is the difference of what two people see, on the machine’s clock, outside the ${SETTLE_MS / 1_000} s after an event; at rest means ${REST_AFTER_MS / 1_000} s after one.</p>`,
    table(
      [
        '',
        'target',
        ...runs.map(
          ({ format, seconds, busy }) =>
            `${format}, ${Math.round(seconds)} s, machine ${Math.round(busy * 100)} % busy`,
        ),
      ],
      targets(runs).map(({ what, target, limit, unit, values }) => [
        escape(what),
        `${target} ${unit}`,
        ...values.map((value) => verdict(value, limit)),
      ]),
    ),
    ...runs.flatMap(section),
    '</html>\n',
  ].join('\n');
}

/** @param {import('./report.mjs').Run} run */
function section(run) {
  return [
    `<h2>${run.format}</h2>`,
    '<h3>What is on screen: each person beside the middle of all</h3>',
    timeline(run, 'pictures'),
    '<h3>The same by the players’ own clocks, which is what is heard</h3>',
    timeline(run, 'elements'),
    '<h3>Pairwise skew: share of samples below</h3>',
    curves([
      { name: 'on screen', curve: run.pictures.curve },
      { name: 'players’ clocks', curve: run.elements.curve },
    ]),
    '<h3>Pairs, on screen</h3>',
    curves(
      run.pairs.map(({ names, pictures }) => ({
        name: names.map((name) => name.split(',')[0]).join(' / '),
        curve: pictures.curve,
      })),
    ),
    '<h3>Joins over the slowest line</h3>',
    table(
      ['loss', 'in sync after', 'hello', 'welcome', 'first seek', 'play', 'first frame'],
      run.joins.map(({ loss, inSyncMs, phasesMs }) => [
        `${loss * 100} %`,
        ms(inSyncMs),
        ...Object.values(phasesMs).map(ms),
      ]),
    ),
    '<h3>People</h3>',
    table(
      [
        '',
        'clock off',
        'picture after player’s clock (p5, p50, p95)',
        'frames/s',
        'late callbacks',
        'rate writes, corrections a minute',
        'seeks, stalls',
        'up, down',
      ],
      run.people.map((one) => [
        escape(one.person),
        ms(one.clockOffsetMs),
        Object.values(one.pictureAfterElementMs).map(ms).join(', '),
        `${one.framesPerSecond}`,
        `${Math.round(one.lateCallbacks * 100)} %`,
        `${one.rateWritesPerMinute ?? '–'}, ${one.correctionsPerMinute ?? '–'}`,
        `${one.seeksAtRest}, ${one.stallsAtRest}`,
        `${one.traffic.upBytesPerSecond ?? '–'}, ${one.traffic.downBytesPerSecond ?? '–'} B/s`,
      ]),
    ),
    '<h3>WebSocket frames at rest</h3>',
    table(
      ['', 'frame', 'every', 'mean size', 'bytes a second', 'one of them'],
      run.people.flatMap(({ person, traffic }) =>
        traffic.frames.map((frame) => [
          escape(person),
          `${frame.direction} ${escape(frame.kind)}`,
          `${frame.everyS} s`,
          `${frame.meanBytes} B`,
          `${frame.bytesPerSecond}`,
          `<code>${escape(frame.example)}</code>`,
        ]),
      ),
    ),
  ];
}

/** @param {string[]} head @param {string[][]} rows */
function table(head, rows) {
  return `<table><tr>${head.map((cell) => `<th>${cell}`).join('')}${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}`).join('')}`).join('')}</table>`;
}

/** @param {number | null} value */
function ms(value) {
  return value === null ? '–' : `${value} ms`;
}

/** @param {number | null} value @param {number} limit */
function verdict(value, limit) {
  if (value === null) return 'not measured';
  return `<span class="${value <= limit ? 'met' : 'missed'}">${value === Infinity ? 'never' : value}</span>`;
}
