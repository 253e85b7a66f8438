// What each kind of player can do, as far as correction cares.

/**
 * What is honest to promise, between two such players at rest (95th percentile): A 25 ms, B 150 ms, C 250 ms.
 * Shown to people as it is, and told in reports.
 */
export type SyncClass = 'A' | 'B' | 'C';

export interface Profile {
  name: 'chromium' | 'gecko' | 'webkit' | 'iframe';
  syncClass: SyncClass;
  /** Tells the frames it shows. Where it does not, the clock alone has to do. */
  frames: boolean;
  /** How long the player's clock may say nothing new while it plays, in ms. */
  quietMs: number;
  /** How long the line through the looks at the clock is, in ms. */
  windowMs: number;
  /** The smallest change of rate that is worth it; 0: any. */
  minStep: number;
  /** Below this nothing is corrected, in ms. */
  deadBandMs: number;
  /** The most that larger errors are corrected with, pitch preserved. */
  maxRate: number;
  /** What switching the pitch-preserving stretch on and off again costs, in ms of media. */
  stretchCostMs: number;
  /** First guesses of what is learned: from play() to motion, and from a seek to motion again. */
  startLatencyMs: number;
  /** A start that takes longer was held up by something else, and teaches nothing. */
  maxStartLatencyMs: number;
  seekCostMs: number;
}

/**
 * Changes of rate up to this are played by resampling: at most 34 cents of pitch, for two seconds after a start, and 5
 * otherwise while its sound is heard. Beyond, pitch is preserved. Measured in Chromium 156: resampled rates act exactly
 * and at once, down to 1.00005; preserving the pitch, those below 1.00104 do nothing (audio_renderer_algorithm.cc
 * passes them through) and each correction loses 22 ms.
 */
export const RESAMPLE_WITHIN = 0.0201;

const A_WITHIN_MS = 60;

const PROFILES: Record<'chromium' | 'gecko' | 'webkit', Profile> = {
  chromium: { name: 'chromium', syncClass: 'A', frames: true, quietMs: 400, windowMs: 1_200, minStep: 0, deadBandMs: 2, maxRate: 0.05, stretchCostMs: 22, startLatencyMs: 85, maxStartLatencyMs: 400, seekCostMs: 150 },
  gecko: { name: 'gecko', syncClass: 'A', frames: true, quietMs: 400, windowMs: 1_200, minStep: 0, deadBandMs: 4, maxRate: 0.05, stretchCostMs: 0, startLatencyMs: 70, maxStartLatencyMs: 400, seekCostMs: 150 },
  // Each write of the rate may be heard there, and seeks land anywhere: correct rarely, and not what is small.
  webkit: { name: 'webkit', syncClass: 'B', frames: true, quietMs: 400, windowMs: 1_200, minStep: 0.005, deadBandMs: 30, maxRate: 0.04, stretchCostMs: 0, startLatencyMs: 80, maxStartLatencyMs: 400, seekCostMs: 250 },
};

/**
 * Players in a frame of another site, reached by messages: their time comes a few times a second and late, they tell
 * no frames, and most allow a short list of rates (`Player.rates`). An audible change for half a second, rarely.
 */
export const IFRAME: Profile = {
  name: 'iframe',
  syncClass: 'C',
  frames: false,
  quietMs: 1_500,
  windowMs: 4_000,
  minStep: 0.05,
  deadBandMs: 60,
  maxRate: 0.25,
  stretchCostMs: 0,
  startLatencyMs: 150,
  maxStartLatencyMs: 1_500,
  seekCostMs: 600,
};

/**
 * What can be promised for this player over this path. Paths are seldom more lopsided than 60 to 40, which makes the
 * clock wrong by a fifth of what it may be off by at most; beyond these bounds that alone spends half of a class.
 * `coarse`: the player's clock steps, as in browsers that resist fingerprinting.
 */
export function honestClass(profile: Profile, clockErrorMs: number | null, coarse: boolean): SyncClass {
  if (clockErrorMs === null || clockErrorMs > A_WITHIN_MS * 6) return 'C';
  return profile.syncClass === 'A' && (coarse || clockErrorMs > A_WITHIN_MS) ? 'B' : profile.syncClass;
}

/** Of a player that is this page's own element. */
export function profileFor(userAgent: string): Profile {
  if (/firefox|gecko\/\d/i.test(userAgent) && !/like gecko/i.test(userAgent)) return PROFILES.gecko;
  if (/chrom(e|ium)\//i.test(userAgent)) return PROFILES.chromium;
  if (/applewebkit/i.test(userAgent)) return PROFILES.webkit;
  return PROFILES.chromium;
}
