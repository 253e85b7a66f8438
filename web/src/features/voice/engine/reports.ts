// Figures of the connections, gathered for the server: every 15 seconds, and at once after a failure.
import type { VoiceConnectionJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';

const REPORT_EVERY_MS = 15_000;

export class Reports {
  private pending: VoiceConnectionJson[] = [];
  private sentMs = 0;

  /** Takes the newest figures of each connection, and returns what is due to be reported; null: nothing is. */
  add(connections: VoiceConnectionJson[], nowMs: number): VoiceConnectionJson[] | null {
    this.pending = merged(this.pending, connections);
    const hasFailed = this.pending.some((one) => one.failure);
    if (!hasFailed && nowMs - this.sentMs < REPORT_EVERY_MS) return null;
    this.sentMs = nowMs;
    const due = this.pending;
    this.pending = [];
    return due;
  }
}

/** The newest figures, with what happened only once since the last report. */
function merged(before: readonly VoiceConnectionJson[], now: VoiceConnectionJson[]): VoiceConnectionJson[] {
  const known = new Map(before.map((one) => [one.peerSessionId, one]));
  return now.map((one) => {
    const { failure, connectMs } = known.get(one.peerSessionId) ?? {};
    return {
      ...one,
      ...(failure && !one.failure && { failure }),
      ...(connectMs !== undefined && one.connectMs === undefined && { connectMs }),
    };
  });
}
