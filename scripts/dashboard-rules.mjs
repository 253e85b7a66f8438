// Prints every query of a Grafana dashboard as a Prometheus rule file, for `promtool check rules`.
//
//   node scripts/dashboard-rules.mjs deploy/grafana/syncwatch.json
import { readFileSync } from 'node:fs';

const file = process.argv[2];
const dashboard = JSON.parse(readFileSync(file, 'utf8'));
const fail = (/** @type {string} */ message) => {
  console.error(`${file}: ${message}`);
  process.exit(1);
};

const ids = new Set();
const rules = [];
for (const panel of dashboard.panels) {
  if (ids.has(panel.id)) fail(`two panels have the id ${panel.id}`);
  ids.add(panel.id);
  const { x, w, h } = panel.gridPos;
  if (!(w > 0 && h > 0 && x + w <= 24)) fail(`panel "${panel.title}" does not fit the grid of 24 columns`);
  for (const target of panel.targets ?? []) {
    const expr = target.expr.replaceAll('$__rate_interval', '5m').replaceAll('$service', '.*');
    if (expr.includes('$')) fail(`panel "${panel.title}" uses a variable that is not defined: ${target.expr}`);
    rules.push({ record: `panel:${panel.id}:${target.refId}`, expr });
  }
}
if (rules.length === 0) fail('no panel has a query');
// JSON is YAML.
console.log(JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
