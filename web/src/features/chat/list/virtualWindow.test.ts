import { expect, it } from 'vitest';
import { VirtualWindow } from './virtualWindow';

const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `m${from + i}`);

/** A window of 400 px on rows of 20 px each, scrolled to its end. */
function windowOf(rows: readonly string[]): VirtualWindow {
  const list = new VirtualWindow();
  list.resize(400);
  list.update(rows, () => 20);
  return list;
}

/** Where a row is on the screen. */
function placeOf(
  list: VirtualWindow,
  rows: readonly string[],
  key: string,
  heights: Record<string, number> = {},
): number {
  const above = rows.slice(0, rows.indexOf(key));
  return above.reduce((sum, row) => sum + (heights[row] ?? 20), 0) - list.targetPx;
}

it('has few of 1,000 rows in the document, wherever it is scrolled to', () => {
  const list = windowOf(keys(0, 1_000));
  for (const top of [0, 5_000, 12_345, 19_600]) {
    list.scrolled(top);
    const { from, to, beforePx, afterPx } = list.rendered;
    expect(to - from).toBeLessThan(100);
    expect(beforePx + (to - from) * 20 + afterPx).toBe(20_000);
    expect(from * 20).toBeLessThanOrEqual(top);
    expect(to * 20).toBeGreaterThanOrEqual(Math.min(20_000, top + 400));
  }
});

it('stays at the end while rows are added there', () => {
  const list = windowOf(keys(0, 100));
  expect(list.targetPx).toBe(1_600);
  list.update(keys(0, 101), () => 20);
  expect(list.targetPx).toBe(1_620);
  expect(list.isAtEnd).toBe(true);
});

it('keeps the row that is being read in place while rows come at both ends and old ones go (W15)', () => {
  const before = keys(100, 400);
  const list = windowOf(before);
  list.scrolled(3_007);
  const reading = 'm250';
  const place = placeOf(list, before, reading);
  const more = keys(60, 420);
  list.update(more, () => 20);
  expect(placeOf(list, more, reading)).toBe(place);
  const fewer = keys(180, 440);
  list.update(fewer, () => 20);
  expect(placeOf(list, fewer, reading)).toBe(place);
  expect(list.isAtEnd).toBe(false);
});

it('keeps it in place when a picture above it arrives late', () => {
  const rows = keys(0, 300);
  const list = windowOf(rows);
  list.scrolled(3_000);
  const place = placeOf(list, rows, 'm150');
  expect(list.measure('m149', 180)).toBe(true);
  list.settle();
  expect(placeOf(list, rows, 'm150', { m149: 180 })).toBe(place);
});

it('keeps the next row in place when the one being read is deleted', () => {
  const rows = keys(0, 300);
  const list = windowOf(rows);
  list.scrolled(3_000);
  const place = placeOf(list, rows, 'm151');
  const rest = rows.filter((key) => key !== 'm150');
  list.update(rest, () => 20);
  expect(placeOf(list, rest, 'm151')).toBe(place);
});

it('asks for other rows only when the visible part nears the edge of what is there', () => {
  const list = windowOf(keys(0, 1_000));
  list.scrolled(10_000);
  expect(list.scrolled(10_050)).toBe(false);
  expect(list.scrolled(11_000)).toBe(true);
});

it('shows a row that is far away, and says when there is none', () => {
  const rows = keys(0, 500);
  const list = windowOf(rows);
  expect(list.toKey('m20')).toBe(true);
  expect(placeOf(list, rows, 'm20')).toBe(190);
  expect(list.toKey('gone')).toBe(false);
  list.toEnd();
  expect(list.targetPx).toBe(9_600);
});

it('reveals a row with as little scrolling as possible', () => {
  const rows = keys(0, 100);
  const list = windowOf(rows);
  list.scrolled(1_000);
  list.reveal('m60');
  expect(list.targetPx).toBe(1_000);
  list.reveal('m49');
  expect(list.targetPx).toBe(980);
  list.reveal('m75');
  expect(list.targetPx).toBe(1_120);
});

it('does not run after rows that are added where its end is not the newest row', () => {
  const list = windowOf(keys(0, 100));
  list.follow(false);
  list.update(keys(0, 150), () => 20);
  expect(list.targetPx).toBe(1_600);
  expect(list.isAtEnd).toBe(false);
  list.follow(true);
  list.toEnd();
  expect(list.targetPx).toBe(2_600);
});
