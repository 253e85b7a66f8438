// Computes the results from the recordings.
import { codeOffset, quantile, STEP_MS, sorted, track } from './skew.mjs';
import { restTraffic } from './traffic.mjs';

/** After an event, skew counts again after this time. */
export const SETTLE_MS = 3_000;
/** After an event, the room is at rest after this time. */
export const REST_AFTER_MS = 10_000;
/** The limit of the state "in sync" in the product. */
export const IN_SYNC_MS = 40;
const STAYS_MS = 1_000;
/** Requests within this time belong to the join. */
const JOIN_WITHIN_MS = 5_000;
/** A write of the rate that moves it away from 1 by more than this begins a correction, which includes the way back. */
const DEPARTURE = 0.0002;

/** @typedef {Awaited<ReturnType<typeof import('./scenario.mjs').play>>} Played */
/** @typedef {import('./skew.mjs').Track} Track */

/** @param {Played} played */
export function measure(played) {
  const { startMs, endMs, visits } = played;
  const lastMs = Math.max(...visits.map((visit) => visit.frames.at(-1)?.[1] ?? startMs));
  const tracks = visits.map((visit) => track(visit, startMs, lastMs));
  const main = firstVisits(played, tracks);
  const resting = restSpans(played);
  const pairs = pairwise(played, main);
  return {
    seconds: (endMs - startMs) / 1_000,
    pictures: distribution(pairs.flatMap((pair) => pair.pictureMs)),
    elements: distribution(pairs.flatMap((pair) => pair.elementMs)),
    pairs: pairs.map(({ names, pictureMs, elementMs }) => ({
      names,
      pictures: distribution(pictureMs),
      elements: distribution(elementMs),
    })),
    joins: played.joins.map((join, i) => measureJoin(played, tracks, join, i)),
    restSeconds: spansMs(resting) / 1_000,
    people: main.map(({ visit, track: own }) => ({
      ...quality(visit, own, played),
      ...deedsAtRest(visit, resting),
      traffic: restTraffic(visit, resting),
    })),
    happenings: played.happenings.map(({ name, person, fromMs, toMs }) => ({
      name,
      person,
      fromS: (fromMs - startMs) / 1_000,
      toS: (toMs - startMs) / 1_000,
    })),
    series: series(main, endMs - startMs),
  };
}

/** The first visit of each person. The results of the run are about these. @param {Played} played @param {Track[]} tracks */
function firstVisits(played, tracks) {
  const seen = new Set();
  return played.visits
    .map((visit, i) => ({ visit, track: tracks[i], beginMs: visit.frames[0]?.[1] ?? Infinity }))
    .toSorted((a, b) => a.beginMs - b.beginMs)
    .filter(({ visit }) => !seen.has(visit.person) && seen.add(visit.person))
    .toSorted((a, b) => rtt(a.visit) - rtt(b.visit));
}

/** @param {import('./person.mjs').Visit} visit */
function rtt({ profile }) {
  return profile.up.delayMs + profile.down.delayMs;
}

/** @param {Played} played @param {string[]} names @param {number} atMs */
function isDisturbed(played, names, atMs) {
  return played.happenings.some(
    ({ person, fromMs, toMs }) =>
      (person === null || names.includes(person)) && atMs >= fromMs && atMs <= toMs + SETTLE_MS,
  );
}

/** @param {Played} played @param {ReturnType<typeof firstVisits>} main */
function pairwise(played, main) {
  const pairs = [];
  for (const [i, a] of main.entries()) {
    for (const b of main.slice(i + 1)) {
      const names = [a.visit.person, b.visit.person];
      const pair = { names, pictureMs: /** @type {number[]} */ ([]), elementMs: /** @type {number[]} */ ([]) };
      for (let step = 0; step * STEP_MS < played.endMs - played.startMs; step += 1) {
        if (isDisturbed(played, names, played.startMs + step * STEP_MS)) continue;
        const picture = Math.abs(a.track.pictureMs[step] - b.track.pictureMs[step]);
        const element = Math.abs(a.track.elementMs[step] - b.track.elementMs[step]);
        if (Number.isFinite(picture)) pair.pictureMs.push(picture);
        if (Number.isFinite(element)) pair.elementMs.push(element);
      }
      pairs.push(pair);
    }
  }
  return pairs;
}

/** @param {number[]} values */
function distribution(values) {
  const ascending = sorted(values);
  const curve = Array.from({ length: 101 }, (_, i) => round(quantile(ascending, i / 100)));
  return {
    samples: ascending.length,
    p50: round(quantile(ascending, 0.5)),
    p95: round(quantile(ascending, 0.95)),
    p99: round(quantile(ascending, 0.99)),
    max: round(ascending.at(-1) ?? Number.NaN),
    curve,
  };
}

/** Measures from the tap on Join to the beginning of a second in sync with the others. @param {Played} played @param {Track[]} tracks @param {Played['joins'][number]} join @param {number} index */
function measureJoin(played, tracks, join, index) {
  const nextMs = played.joins[index + 1]?.clickMs ?? Infinity;
  const at = played.visits.findIndex(
    ({ person, frames }) => person === join.person && frames[0]?.[1] >= join.clickMs && frames[0][1] < nextMs,
  );
  const visit = played.visits[at];
  const own = tracks[at];
  if (!visit || !own) return { loss: join.loss, inSyncMs: null, phasesMs: {}, requests: [] };
  const others = tracks.filter((track) => track.person !== join.person);
  let since = null;
  for (let step = Math.ceil((join.clickMs - played.startMs) / STEP_MS); step < own.pictureMs.length; step += 1) {
    const rest = sorted(others.map((track) => track.pictureMs[step]).filter(Number.isFinite));
    const together = rest.length > 0 && Math.abs(own.pictureMs[step] - quantile(rest, 0.5)) <= IN_SYNC_MS;
    if (!together) since = null;
    else since ??= step;
    if (since !== null && (step - since) * STEP_MS >= STAYS_MS) break;
  }
  const after = (/** @type {number | undefined} */ atMs) =>
    atMs === undefined ? null : Math.round(atMs - join.clickMs);
  const deed = (/** @type {string} */ kind) =>
    visit.deeds.find(([atMs, what]) => what === kind && atMs >= join.clickMs)?.[0];
  return {
    loss: join.loss,
    inSyncMs: since === null ? null : Math.round(played.startMs + since * STEP_MS - join.clickMs),
    phasesMs: {
      hello: after(visit.talk.find(({ frame }) => frame.hello)?.atMs),
      welcome: after(visit.talk.find(({ frame }) => frame.welcome)?.atMs),
      firstSeek: after(deed('seek')),
      play: after(deed('play')),
      firstFrame: after(visit.frames[0]?.[1]),
    },
    requests: visit.requests
      .filter(({ atMs }) => atMs >= join.clickMs && atMs < join.clickMs + JOIN_WITHIN_MS)
      .map(({ atMs, answeredMs, what }) => ({ what, atMs: after(atMs), answeredMs: after(answeredMs ?? undefined) })),
  };
}

/** Spans at rest. @param {Played} played @returns {[fromMs: number, toMs: number][]} */
function restSpans({ happenings, startMs, endMs }) {
  /** @type {[number, number][]} */
  const spans = [];
  let fromMs = startMs + REST_AFTER_MS;
  for (const happening of happenings.filter((one) => one.fromMs < endMs).toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (happening.fromMs > fromMs) spans.push([fromMs, happening.fromMs]);
    fromMs = Math.max(fromMs, happening.toMs + REST_AFTER_MS);
  }
  if (endMs > fromMs) spans.push([fromMs, endMs]);
  return spans;
}

/** @param {[number, number][]} spans */
function spansMs(spans) {
  return spans.reduce((sum, [fromMs, toMs]) => sum + toMs - fromMs, 0);
}

/** @param {import('./person.mjs').Visit} visit @param {[number, number][]} resting */
function deedsAtRest(visit, resting) {
  const beginMs = visit.frames[0]?.[1] ?? Infinity;
  const spans = resting.filter(([fromMs]) => fromMs >= beginMs);
  const minutes = spansMs(spans) / 60_000;
  const deeds = visit.deeds.filter(([atMs]) => spans.some(([fromMs, toMs]) => atMs >= fromMs && atMs < toMs));
  const writes = deeds.filter(([, kind, value, before]) => kind === 'rate' && value !== before);
  const corrections = writes.filter(([, , value, before]) => Math.abs(value - 1) > Math.abs(before - 1) + DEPARTURE);
  return {
    restMinutes: round(minutes),
    rateWritesPerMinute: minutes > 0 ? round(writes.length / minutes) : null,
    correctionsPerMinute: minutes > 0 ? round(corrections.length / minutes) : null,
    seeksAtRest: deeds.filter(([, kind]) => kind === 'seek').length,
    stallsAtRest: deeds.filter(([, kind]) => kind === 'waiting').length,
  };
}

/** The quality of the measurement of one person. @param {import('./person.mjs').Visit} visit @param {Track} own @param {Played} played */
function quality(visit, own, played) {
  const { frames } = visit;
  const gaps = sorted(Array.from(own.pictureMs, (picture, i) => picture - own.elementMs[i]).filter(Number.isFinite));
  const movingS = (own.elementMs.filter(Number.isFinite).length * STEP_MS) / 1_000;
  let frozen = 0;
  for (let step = 0; step * STEP_MS < played.endMs - played.startMs; step += 1) {
    const atMs = played.startMs + step * STEP_MS;
    if (
      atMs > (frames[0]?.[1] ?? Infinity) + SETTLE_MS &&
      !isDisturbed(played, [visit.person], atMs) &&
      !Number.isFinite(own.elementMs[step])
    )
      frozen += STEP_MS;
  }
  return {
    person: visit.person,
    line: visit.profile,
    framesPerSecond: round(frames.length / movingS),
    lateCallbacks: round(frames.filter(([, displayMs, , readMs]) => displayMs < readMs).length / frames.length),
    pictureAfterElementMs: {
      p5: round(quantile(gaps, 0.05)),
      p50: round(quantile(gaps, 0.5)),
      p95: round(quantile(gaps, 0.95)),
    },
    clockOffsetMs: clockOffset(visit, played),
    frozenMs: frozen,
    code: codeOffset(visit.codes),
    machineClock: visit.clockChecks.map(({ checkMs, boundMs }) => ({
      checkMs: round(checkMs),
      boundMs: round(boundMs),
    })),
  };
}

/**
 * The offset of a page's clock by its own exchange with the shortest round trip, against that of the best exchange of all.
 * @param {import('./person.mjs').Visit} visit @param {Played} played
 */
function clockOffset(visit, played) {
  const best = (/** @type {import('./person.mjs').Visit} */ { talk, originMs }) => {
    const exchanges = talk
      .filter(({ frame }) => frame.pong)
      .map(({ atMs, frame: { pong } }) => {
        const [sentMs, receiveMs, sendMs] = [pong.clientSendUs, pong.serverReceiveUs, pong.serverSendUs].map(
          (us) => Number(us) / 1_000,
        );
        return {
          rttMs: atMs - originMs - sentMs - (sendMs - receiveMs),
          offsetMs: (receiveMs - sentMs - originMs + sendMs - atMs) / 2,
        };
      });
    return exchanges.toSorted((a, b) => a.rttMs - b.rttMs)[0];
  };
  const own = best(visit);
  const reference = played.visits
    .map(best)
    .filter(Boolean)
    .toSorted((a, b) => a.rttMs - b.rttMs)[0];
  return own && reference ? round(own.offsetMs - reference.offsetMs) : null;
}

/** For plots: the distance of each person from the mean of all, twice a second. @param {ReturnType<typeof firstVisits>} main @param {number} lengthMs */
function series(main, lengthMs) {
  const every = 500 / STEP_MS;
  const steps = Array.from({ length: Math.floor(lengthMs / 500) }, (_, i) => i * every);
  const of = (/** @type {'pictureMs' | 'elementMs'} */ kind) =>
    main.map(({ visit, track: own }) => ({
      person: visit.person,
      ms: steps.map((step) => {
        const all = main.map((one) => one.track[kind][step]).filter(Number.isFinite);
        const middle = all.reduce((sum, value) => sum + value, 0) / all.length;
        return Number.isFinite(own[kind][step] - middle) ? round(own[kind][step] - middle) : null;
      }),
    }));
  return { stepS: 0.5, pictures: of('pictureMs'), elements: of('elementMs') };
}

/** @param {number} value */
export function round(value) {
  return Math.round(value * 100) / 100;
}
