// Lanes of messages that fly over the film from right to left (danmaku). Each takes the same time, so longer ones are
// faster: a lane is free when the next one neither touches nor catches up with the last one. Pure.

export interface Lanes {
  /** The last message of each lane. */
  last: ({ startMs: number; widthPx: number } | null)[];
}

/** From the first letter at the right edge to the last letter at the left edge. */
export const FLIGHT_MS = 8_000;
export const LANE_PX = 38;
const GAP_PX = 32;
/** Free of lanes: the bar at the top, and the lower part with captions and controls. */
const TOP_PX = 76;
const PART = 0.55;
const MAX_LANES = 12;

export function laneCount(stageHeightPx: number): number {
  return Math.max(0, Math.min(MAX_LANES, Math.floor((stageHeightPx * PART - TOP_PX) / LANE_PX)));
}

export function laneTopPx(lane: number): number {
  return TOP_PX + lane * LANE_PX;
}

/** Takes the first free lane; -1 when all are taken: then the message is only in the panel. */
export function takeLane(lanes: Lanes, count: number, widthPx: number, stagePx: number, nowMs: number): number {
  for (let lane = 0; lane < count; lane += 1) {
    const last = lanes.last[lane];
    if (last && !isFree(last, widthPx, stagePx, nowMs)) continue;
    lanes.last[lane] = { startMs: nowMs, widthPx };
    return lane;
  }
  return -1;
}

function isFree(last: { startMs: number; widthPx: number }, widthPx: number, stagePx: number, nowMs: number): boolean {
  const speed = (stagePx + last.widthPx) / FLIGHT_MS;
  const hasEntered = (nowMs - last.startMs) * speed >= last.widthPx + GAP_PX;
  const leavesMs = last.startMs + FLIGHT_MS;
  const reachesMs = nowMs + (FLIGHT_MS * stagePx) / (stagePx + widthPx);
  return hasEntered && reachesMs >= leavesMs;
}
