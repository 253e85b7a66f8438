// Properties of each kind of player that corrections depend on.

/**
 * The skew that two such players at rest keep (95th percentile): A 25 ms, B 150 ms, C 250 ms. Shown to people and sent
 * in reports.
 */
export type SyncClass = 'A' | 'B' | 'C';

export interface Profile {
  name: 'chromium' | 'gecko' | 'webkit' | 'iframe';
  syncClass: SyncClass;
  /** The player reports the frames that it shows. Without them the estimate uses the clock alone. */
  frames: boolean;
  /** How long the player's clock may stay the same while it plays, in ms. */
  quietMs: number;
  /** The time that the line through the samples of the clock covers, in ms. */
  windowMs: number;
  /** The smallest change of the rate; 0: any. */
  minStep: number;
  /** Smaller errors are not corrected, in ms. */
  deadBandMs: number;
  /** Largest change of the rate for large errors, with the pitch preserved. */
  maxRate: number;
  /** What switching the pitch-preserving stretch on and off again costs, in ms of media. */
  stretchCostMs: number;
  /** Initial values that are learned later: from play() to motion, and from a seek to motion. */
  startLatencyMs: number;
  /** A start that takes longer was delayed by something else, and is not learned from. */
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
  chromium: {
    name: 'chromium',
    syncClass: 'A',
    frames: true,
    quietMs: 400,
    windowMs: 1_200,
    minStep: 0,
    deadBandMs: 2,
    maxRate: 0.05,
    stretchCostMs: 22,
    startLatencyMs: 85,
    maxStartLatencyMs: 400,
    seekCostMs: 150,
  },
  gecko: {
    name: 'gecko',
    syncClass: 'A',
    frames: true,
    quietMs: 400,
    windowMs: 1_200,
    minStep: 0,
    deadBandMs: 4,
    maxRate: 0.05,
    stretchCostMs: 0,
    startLatencyMs: 70,
    maxStartLatencyMs: 400,
    seekCostMs: 150,
  },
  // There each write of the rate may be audible, and seeks are inexact: correct rarely, and large errors only.
  webkit: {
    name: 'webkit',
    syncClass: 'B',
    frames: true,
    quietMs: 400,
    windowMs: 1_200,
    minStep: 0.005,
    deadBandMs: 30,
    maxRate: 0.04,
    stretchCostMs: 0,
    startLatencyMs: 80,
    maxStartLatencyMs: 400,
    seekCostMs: 250,
  },
};

/**
 * Players in a frame of another site, reached by messages: they report their time late and a few times a second, report
 * no frames, and most have few rates (`Player.rates`). Corrections are audible, take half a second, and are rare.
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
 * The class that this player keeps over this path. Paths are rarely more asymmetric than 60 to 40, which makes the
 * error of the clock a fifth of its bound; above these limits that error alone would use half of what a class allows.
 * `coarse`: the player's clock steps, as in browsers that resist fingerprinting.
 */
export function honestClass(profile: Profile, clockErrorMs: number | null, coarse: boolean): SyncClass {
  if (clockErrorMs === null || clockErrorMs > A_WITHIN_MS * 6) return 'C';
  return profile.syncClass === 'A' && (coarse || clockErrorMs > A_WITHIN_MS) ? 'B' : profile.syncClass;
}

/** The profile of a video element of this page. */
export function profileFor(userAgent: string): Profile {
  if (/firefox|gecko\/\d/i.test(userAgent) && !/like gecko/i.test(userAgent)) return PROFILES.gecko;
  if (/chrom(e|ium)\//i.test(userAgent)) return PROFILES.chromium;
  if (/applewebkit/i.test(userAgent)) return PROFILES.webkit;
  return PROFILES.chromium;
}
