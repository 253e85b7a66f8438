// A room's playback as a motion vector, in milliseconds. `ServerMs` is the cluster clock, `MediaMs` a position in the media.
import type { PlaybackStateJson } from '../api/gen/syncwatch/sync/v1/playback_pb';

export interface Hold {
  reason: 'item' | 'seek' | 'stalled';
  sinceServerMs: number;
  untilServerMs: number;
  waitingSessionIds: readonly string[];
}

export interface Motion {
  epoch: string;
  seq: number;
  itemId: string;
  playing: boolean;
  rate: number;
  anchorMediaMs: number;
  anchorServerMs: number;
  hold: Hold | null;
}

export const STILL: Motion = {
  epoch: '0',
  seq: 0,
  itemId: '',
  playing: false,
  rate: 1,
  anchorMediaMs: 0,
  anchorServerMs: 0,
  hold: null,
};

/** Microseconds as ProtoJSON writes them (a decimal string, absent for 0) in milliseconds. */
export function msFromUs(us: string | number | undefined): number {
  const ms = Number(us ?? 0) / 1000;
  return Number.isFinite(ms) ? ms : 0;
}

export function usFromMs(ms: number): string {
  return Math.round(ms * 1000).toString();
}

const MIN_RATE = 0.25;
const MAX_RATE = 4;

const HOLD_REASONS = {
  HOLD_REASON_UNSPECIFIED: 'item',
  HOLD_REASON_NEW_ITEM: 'item',
  HOLD_REASON_SEEK: 'seek',
  HOLD_REASON_STALLED: 'stalled',
} as const;

export function motionFrom(json: PlaybackStateJson | undefined): Motion {
  if (!json) return STILL;
  const rate = Number(json.rate ?? 1);
  return {
    epoch: json.epoch ?? '0',
    seq: Number(json.seq ?? 0),
    itemId: json.itemId ?? '',
    playing: json.playing ?? false,
    // Players throw at rates far outside of this range.
    rate: rate >= MIN_RATE && rate <= MAX_RATE ? rate : 1,
    anchorMediaMs: msFromUs(json.anchorMediaUs),
    anchorServerMs: msFromUs(json.anchorServerUs),
    hold: json.hold
      ? {
          reason: HOLD_REASONS[json.hold.reason ?? 'HOLD_REASON_UNSPECIFIED'],
          sinceServerMs: msFromUs(json.hold.sinceUs),
          untilServerMs: msFromUs(json.hold.untilUs),
          waitingSessionIds: json.hold.waitingSessionIds ?? [],
        }
      : null,
  };
}

/** The room's position. It does not move before the anchor, nor while a start is held. */
export function positionAt(motion: Motion, serverMs: number): number {
  if (!motion.playing || motion.hold) return motion.anchorMediaMs;
  return motion.anchorMediaMs + Math.max(0, serverMs - motion.anchorServerMs) * motion.rate;
}

/** Whether a state replaces another: a later one does, and after a restore (another epoch) any state of the server. */
export function supersedes(next: Motion, current: Motion): boolean {
  return next.epoch !== current.epoch || next.seq >= current.seq;
}
