// Whether somebody speaks, by the levels that come with their packets.

/** A level of RFC 6464 above this is a voice, of 1. */
const SPEAKING_LEVEL = 0.01;
/** Somebody who pauses between words still speaks. */
const SPEAKING_HOLD_MS = 300;
/** A level is of the newest packet; an older one says nothing. */
const LEVEL_LASTS_MS = 500;
/** Packets follow each other within this time while somebody speaks. */
const CARRIES_MS = 200;

export interface Level {
  /** Of the newest packet, 0 to 1. */
  level: number;
  ageMs: number;
}

export class Speech {
  private spokeMs = -Infinity;
  private ageMs = Infinity;

  /** Call often. */
  hear({ level, ageMs }: Level, nowMs: number): void {
    this.ageMs = ageMs;
    if (level > SPEAKING_LEVEL && ageMs < LEVEL_LASTS_MS) this.spokeMs = nowMs;
  }

  speaks(nowMs: number): boolean {
    return nowMs - this.spokeMs < SPEAKING_HOLD_MS;
  }

  /** Whether packets come now. */
  get carries(): boolean {
    return this.ageMs < CARRIES_MS;
  }
}

/** Loudness of the newest packet of a receiver (RFC 6464), and its age. */
export function levelOf(receiver: RTCRtpReceiver | undefined): Level {
  const [source] = receiver?.getSynchronizationSources() ?? [];
  if (!source) return { level: 0, ageMs: Infinity };
  return { level: source.audioLevel ?? 0, ageMs: ageOf(source.timestamp) };
}

/** Some browsers date sources by Unix time, others by the time since the page began. */
function ageOf(timestamp: number): number {
  return Math.max(0, (timestamp > 1e12 ? Date.now() : performance.now()) - timestamp);
}
