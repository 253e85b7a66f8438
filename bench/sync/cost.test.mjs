// Case P9.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costOf } from './cost.mjs';
import { markdown, targets } from './report.mjs';
import { shareDropped } from './ten.mjs';

test('the cost of the page is the median difference to the film alone in the same turn', () => {
  const cost = costOf([
    { alone: 0.2, resting: 0.23, shown: 0.3 },
    { alone: 0.5, resting: 0.52, shown: 0.65 },
    { alone: 0.3, resting: 0.4, shown: 0.42 },
  ]);
  assert.deepEqual(cost, { aloneShare: 0.3, restingShare: 0.4, shownShare: 0.42, restingPoints: 3, shownPoints: 12 });
});

test('dropped frames are counted over all people, from the start of the measurement', () => {
  const before = [
    { total: 100, dropped: 50 },
    { total: 0, dropped: 0 },
  ];
  const after = [
    { total: 1_100, dropped: 150 },
    { total: 1_000, dropped: 0 },
  ];
  assert.equal(shareDropped(before, after), 0.05);
  assert.ok(Number.isNaN(shareDropped(before, before)));
});

test('the report has the cost of the page, and the dropped frames of ten people', () => {
  const none = { samples: 0, p50: 0, p95: 0, p99: 0, max: 0, curve: [] };
  const measured = {
    seconds: 60,
    pictures: none,
    elements: none,
    pairs: [],
    joins: [],
    restSeconds: 0,
    people: [],
    happenings: [],
    series: { stepS: 0.5, pictures: [], elements: [] },
  };
  const run = {
    format: 'mp4',
    busy: 0.5,
    cost: costOf([{ alone: 0.26, resting: 0.29, shown: 0.45 }]),
    ten: null,
    ...measured,
  };
  const ten = { ...run, cost: null, ten: { droppedShare: 0.075, browserShare: 1.8 } };
  const rows = targets([run, ten]).filter(({ what }) => /processor|controls shown|dropped/.test(what));
  assert.deepEqual(
    rows.map(({ values }) => values),
    [
      [3, null],
      [19, null],
      [null, 7.5],
    ],
  );
  const text = markdown({
    at: '',
    commit: '',
    browser: '',
    machine: { cores: 2, model: 'x', busyBefore: 0 },
    options: {},
    runs: [run, ten],
  });
  assert.match(text, /controls shown \| ≤ 14 % of a core \| 19 \(missed\)/);
  assert.match(text, /ten people in one browser take 180 %/);
});
