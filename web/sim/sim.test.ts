import { describe, expect, it } from 'vitest';
import { Histogram, Tally } from './measure';
import { officially } from './official';
import { jellyfinCorrecting } from './rules/jellyfin';
import { ott } from './rules/ott';
import { ours } from './rules/ours';
import type { Rule } from './rules/rule';
import { syncplay } from './rules/syncplay';
import { watchparty } from './rules/watchparty';
import { run } from './run';
import { type MemberSpec, scenario } from './scenario';

async function tallyOf(
  rule: Rule,
  seeds: readonly number[],
  change: (member: MemberSpec) => MemberSpec = (member) => member,
): Promise<Tally> {
  const tally = new Tally();
  for (const seed of seeds) {
    const drawn = scenario(seed, false);
    await run(rule, { ...drawn, members: drawn.members.map(change) }, tally);
  }
  return tally;
}

describe('simulated rooms', () => {
  it('are the same for the same seed', async () => {
    const [first, second] = [await tallyOf(ours, [3]), await tallyOf(ours, [3])];
    expect(first.settled.count).toBeGreaterThan(1_000);
    for (const part of [0.1, 0.5, 0.9, 0.99]) expect(second.settled.quantile(part)).toBe(first.settled.quantile(part));
    expect(second.corrections).toBe(first.corrections);
    expect(second.oddMs).toBe(first.oddMs);
  });

  it('stay together under our rule, and late members get in sync', async () => {
    const tally = await tallyOf(ours, [1, 2, 3, 4]);
    expect(tally.settled.quantile(0.5)).toBeLessThan(10);
    expect(tally.settled.quantile(0.95)).toBeLessThan(40);
    expect(tally.joins.length).toBe(4);
  });

  it.each(['youtube', 'vimeo', 'dailymotion'] as const)(
    'keep class C in the player of %s, with a margin',
    async (service) => {
      const tally = await tallyOf(ours, [3, 6, 9, 10, 11, 12], (member) => officially(service, member));
      expect(tally.settled.count).toBeGreaterThan(10_000);
      expect(tally.settled.quantile(0.95)).toBeLessThan(175);
      // Includes members right after a start, a seek, a stall or an advertisement.
      expect(tally.always.quantile(0.95)).toBeLessThan(250);
    },
  );

  it.each([jellyfinCorrecting, ott, syncplay, watchparty])('run under the rule of $label', async (rule) => {
    const tally = await tallyOf(rule, [1, 2]);
    expect(tally.playedMs).toBeGreaterThan(600_000);
    expect(tally.settled.quantile(0.5)).toBeLessThan(5_000);
  });
});

describe('a histogram', () => {
  it('tells quantiles and shares', () => {
    const histogram = new Histogram();
    for (let i = 1; i <= 100; i += 1) histogram.add(i % 2 ? i : -i);
    expect(histogram.quantile(0.5)).toBe(50.5);
    expect(histogram.quantile(0.99)).toBe(99.5);
    expect(histogram.cumulative([10.5, 200])).toEqual([0.1, 1]);
  });
});
