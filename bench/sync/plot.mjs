// Plots as SVG, without a library.

const COLOURS = ['#4f46e5', '#0d9488', '#d97706', '#db2777', '#64748b', '#7c3aed'];
const WIDTH = 960;
const LEFT = 52;
const RIGHT = 12;
const TOP = 40;
const BOTTOM = 30;
const SCALES = [25, 50, 100, 200, 500];

/** Plots the distance of each person from the mean of all over time, with the events. @param {import('./report.mjs').Run} run @param {'pictures' | 'elements'} kind */
export function timeline(run, kind) {
  const height = 320;
  const lines = run.series[kind];
  const seconds = Math.max(1, run.seconds);
  const calm = lines.flatMap(({ ms }) => ms.filter((value) => value !== null).map(Math.abs)).sort((a, b) => a - b);
  const scale = SCALES.find((one) => (calm[Math.floor(calm.length * 0.995)] ?? 0) <= one) ?? Math.max(...SCALES);
  const x = (/** @type {number} */ s) => LEFT + (s / seconds) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ ms) =>
    TOP + (1 - (Math.max(-scale, Math.min(scale, ms)) + scale) / (2 * scale)) * (height - TOP - BOTTOM);
  const parts = [
    ...[-scale, -scale / 2, 0, scale / 2, scale].map((ms) => grid(y(ms), `${ms > 0 ? '+' : ''}${ms} ms`)),
    ...run.happenings
      .filter(({ fromS }) => fromS <= seconds)
      .map(({ name, fromS, toS, person }) => {
        const width = Math.max(1, x(Math.min(seconds, toS + 3)) - x(fromS));
        return `<rect x="${x(fromS).toFixed(1)}" y="${TOP}" width="${width.toFixed(1)}" height="${height - TOP - BOTTOM}" fill="#94a3b8" opacity=".22"><title>${escape(person ?? 'everyone')}</title></rect>${text(x(fromS) + 3, TOP + 12, name)}`;
      }),
    ...lines.map(({ ms }, i) => {
      const path = ms
        .map((value, at) =>
          value === null
            ? ''
            : `${at === 0 || ms[at - 1] === null ? 'M' : 'L'}${x(at * run.series.stepS).toFixed(1)} ${y(value).toFixed(1)}`,
        )
        .join('');
      return `<path d="${path}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="1.6"/>`;
    }),
    text(LEFT, height - 8, '0'),
    `<text x="${WIDTH - RIGHT}" y="${height - 8}" text-anchor="end">${Math.round(seconds)} s</text>`,
    legend(lines.map(({ person }) => person)),
  ];
  return frame(height, `${run.format}: each person beside the middle of all, over time`, parts);
}

/** Plots the share of samples below each value. @param {{ name: string, curve: number[] }[]} lines */
export function curves(lines) {
  const height = 280;
  const most = Math.max(10, ...lines.map(({ curve }) => curve[99] ?? 0));
  const x = (/** @type {number} */ ms) => LEFT + (Math.min(ms, most) / most) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ part) => TOP + (1 - part) * (height - TOP - BOTTOM);
  const parts = [
    ...[0, 0.5, 0.95, 1].map((part) => grid(y(part), `${part * 100} %`)),
    ...[10, 25, 50]
      .filter((ms) => ms <= most)
      .map(
        (ms) =>
          `<line x1="${x(ms)}" x2="${x(ms)}" y1="${TOP}" y2="${height - BOTTOM}" stroke="#cbd5e1" stroke-dasharray="4 4"/>${text(x(ms) + 3, height - 8, `${ms} ms`)}`,
      ),
    ...lines.map(
      ({ curve }, i) =>
        `<polyline fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="1.8" points="${curve.map((ms, at) => `${x(ms).toFixed(1)},${y(at / 100).toFixed(1)}`).join(' ')}"/>`,
    ),
    legend(lines.map(({ name }) => name)),
  ];
  return frame(height, 'share of samples below each skew', parts);
}

/** @param {number} height @param {string} label @param {string[]} parts */
function frame(height, label, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(label)}" font-family="system-ui,sans-serif" font-size="11" fill="#475569"><rect width="100%" height="100%" rx="10" fill="#f8fafc"/>${parts.join('')}</svg>`;
}

/** @param {number} atY @param {string} label */
function grid(atY, label) {
  return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${atY}" y2="${atY}" stroke="#e2e8f0"/><text x="${LEFT - 6}" y="${atY + 4}" text-anchor="end">${label}</text>`;
}

/** @param {string[]} names */
function legend(names) {
  return names
    .map(
      (name, i) =>
        `<circle cx="${LEFT + 6 + i * 190}" cy="18" r="5" fill="${COLOURS[i % COLOURS.length]}"/>${text(LEFT + 16 + i * 190, 22, name)}`,
    )
    .join('');
}

/** @param {number} x @param {number} y @param {string} words */
function text(x, y, words) {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}">${escape(words)}</text>`;
}

/** @param {string} words */
export function escape(words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
