// Runs every rule over the same rooms and writes table, numbers and plot. `node … <rooms> <folder> [first seed]`: another
// first seed gives rooms that were not used for tuning.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tally } from './measure';
import { officially } from './official';
import { plot } from './plot';
import { conditions, type Result, resultOf, table } from './report';
import { cytube } from './rules/cytube';
import { jellyfin, jellyfinCorrecting } from './rules/jellyfin';
import { ott } from './rules/ott';
import { ours } from './rules/ours';
import type { Rule } from './rules/rule';
import { syncplay } from './rules/syncplay';
import { synctube } from './rules/synctube';
import { synctv } from './rules/synctv';
import { watchparty } from './rules/watchparty';
import { run } from './run';
import { isLate, type MemberSpec, type Scenario, scenario } from './scenario';
import { words } from './words';

const RULES: readonly Rule[] = [
  ours,
  jellyfinCorrecting,
  jellyfin,
  ott,
  synctv,
  synctube,
  cytube,
  syncplay,
  watchparty,
];
const MAX_ROOMS = 2_000;
/** Rooms for each of the conditions, where only our own rule runs. */
const SHARE_FOR_CONDITIONS = 0.1;

type Change = (member: MemberSpec) => MemberSpec;
const SOUND = { rttMs: 20, upShare: 0.5, jitterMs: 1, loss: 0 };
const sharp: Change = (m) => ({
  ...m,
  path: SOUND,
  device: { ...m.device, clockStepMs: 0 },
  player: { ...m.player, clockStepMs: 0 },
});
const CONDITIONS: readonly { name: string; bluetooth?: boolean; change: Change }[] = [
  { name: 'nothing is wrong but the oscillators (up to 100 ppm)', change: sharp },
  { name: 'round trips are 5 ms, queues 1 ms', change: (m) => ({ ...sharp(m), path: { ...SOUND, rttMs: 5 } }) },
  {
    name: 'round trips are 200 ms, queues 15 ms, loss 2 %',
    change: (m) => ({ ...sharp(m), path: { rttMs: 200, upShare: 0.5, jitterMs: 15, loss: 0.02 } }),
  },
  {
    name: 'the same, with paths up to 60:40 lopsided',
    change: (m) => ({ ...sharp(m), path: { ...m.path, rttMs: 200, jitterMs: 15, loss: 0.02 } }),
  },
  {
    name: 'browsers tell the time in 2 ms',
    change: (m) => ({ ...sharp(m), device: { ...m.device, clockStepMs: 1 }, player: { ...m.player, clockStepMs: 2 } }),
  },
  {
    name: 'browsers tell the time in 100 ms (class B)',
    change: (m) => ({
      ...sharp(m),
      device: { ...m.device, clockStepMs: 16.67 },
      player: { ...m.player, clockStepMs: 100 },
    }),
  },
  { name: 'seeks cost 1.5 s', change: (m) => ({ ...sharp(m), player: { ...sharp(m).player, seekCostMs: 1_500 } }) },
  { name: 'two in five hear by Bluetooth, offset set by ear', bluetooth: true, change: sharp },
  { name: 'all watch in YouTube’s own player (class C)', change: (m) => officially('youtube', m) },
  { name: 'all watch in Vimeo’s own player (class C)', change: (m) => officially('vimeo', m) },
  {
    name: 'all watch in Dailymotion’s own player, of one speed (class C)',
    change: (m) => officially('dailymotion', m),
  },
];

const AS_IT_IS: Change = (member) => member;

async function measure(rule: Rule, rooms: number, bluetooth: boolean, change: Change): Promise<Result> {
  const tally = new Tally();
  let late = 0;
  for (let seed = firstSeed; seed < firstSeed + rooms; seed += 1) {
    const drawn = scenario(seed, bluetooth);
    const room: Scenario = { ...drawn, members: drawn.members.map(change) };
    late += room.members.filter(isLate).length;
    await run(rule, room, tally);
  }
  return resultOf(rule, tally, late);
}

const rooms = Number(process.argv[2]);
const folder = process.argv[3];
const firstSeed = Number(process.argv[4] ?? 1);
if (
  !Number.isInteger(rooms) ||
  rooms < 1 ||
  rooms > MAX_ROOMS ||
  !folder ||
  !Number.isSafeInteger(firstSeed) ||
  firstSeed < 1
) {
  process.stderr.write(`usage: main.js <rooms, 1 to ${MAX_ROOMS}> <folder for the results> [first seed, 1 or more]\n`);
  process.exit(2);
}
const results: Result[] = [];
for (const rule of RULES) {
  results.push(await measure(rule, rooms, false, AS_IT_IS));
  process.stderr.write(`${rule.label}: done\n`);
}
const inConditions: { name: string; result: Result }[] = [];
const few = Math.max(1, Math.round(rooms * SHARE_FOR_CONDITIONS));
for (const { name, bluetooth = false, change } of CONDITIONS)
  inConditions.push({ name, result: await measure(ours, few, bluetooth, change) });
const cpuSeconds = process.cpuUsage().user / 1e6;
const runs = [...results, ...inConditions.map((c) => c.result)].reduce((sum, r) => sum + r.runs, 0);

mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, 'sim.json'),
  `${JSON.stringify({ rooms, firstSeed, runs, results, conditions: inConditions }, null, 1)}\n`,
);
writeFileSync(join(folder, 'sim.svg'), plot(results));
writeFileSync(
  join(folder, 'sim.md'),
  words({ rooms, runs, few, table: table(results), conditions: conditions(inConditions), rules: RULES }),
);
process.stdout.write(
  `${table(results)}\n\n${conditions(inConditions)}\n\n${runs} runs, ${cpuSeconds.toFixed(0)} s of CPU\n`,
);
