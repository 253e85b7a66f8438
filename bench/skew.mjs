// Two people in two pages of one Chromium and one room. Prints the pairwise skews in milliseconds as a JSON array, from
// 3 s after the second person has joined.
import { people } from '../e2e/browser/lib/browser.mjs';
import { addTestFilm, joinAsGuest, makeRoom, pressPlay, untilFilm } from '../e2e/browser/lib/room.mjs';
import { notedFrames, noteFrames, pairwiseSkew } from '../e2e/browser/lib/skew.mjs';

const SETTLE_MS = 3_000;
const MEASURE_MS = 30_000;

/** @type {(() => Promise<void>)[]} */
const endings = [];
const { open } = await people({ name: 'skew', after: (end) => endings.push(end) });
try {
  const host = await open('host');
  const link = await makeRoom(host);
  await addTestFilm(host);
  await pressPlay(host);
  await untilFilm(host, 'moves');
  const guest = await open('guest');
  await joinAsGuest(guest, link, 'Guest');
  await guest.waitForTimeout(SETTLE_MS);
  await Promise.all([noteFrames(host), noteFrames(guest)]);
  await guest.waitForTimeout(MEASURE_MS);
  process.stdout.write(JSON.stringify(pairwiseSkew(await notedFrames(host), await notedFrames(guest))));
} finally {
  for (const end of endings) await end();
}
