// Messages between two browsers in voice, sent as frames `signal` of the room's WebSocket.

export type Signal =
  /** `answers`: the ICE user name of the offer that is answered. */
  | { kind: 'description'; type: 'offer' | 'answer'; sdp: string; answers?: string }
  | { kind: 'candidate'; candidate: RTCIceCandidateInit }
  /** Asks the other end to begin anew, since this one has forgotten the connection. */
  | { kind: 'begin' };

/** As the contract bounds the payload of a signal. */
export const MAX_PAYLOAD = 16_384;
const MAX_CANDIDATE = 1_024;

export function encodeSignal(signal: Signal): string {
  return JSON.stringify({ voice: 1, ...signal });
}

/** Reads a payload; null for anything that is no signal of voice, which the sender of another feature, or nobody we trust, made. */
export function parseSignal(payload: string): Signal | null {
  if (payload.length > MAX_PAYLOAD) return null;
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return null;
  }
  if (!isRecord(value) || value['voice'] !== 1) return null;
  const { kind, type, sdp, answers, candidate } = value;
  if (kind === 'begin') return { kind };
  if (kind === 'description') {
    const isDescription = (type === 'offer' || type === 'answer') && typeof sdp === 'string' && isAudioOnly(sdp);
    return isDescription ? { kind, type, sdp, ...(typeof answers === 'string' && { answers }) } : null;
  }
  if (kind !== 'candidate' || !isRecord(candidate)) return null;
  const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  if (typeof line !== 'string' || line.length > MAX_CANDIDATE || !/^(candidate:[^\r\n]*)?$/.test(line)) return null;
  return {
    kind,
    candidate: {
      candidate: line,
      sdpMid: typeof sdpMid === 'string' ? sdpMid : null,
      sdpMLineIndex: typeof sdpMLineIndex === 'number' ? sdpMLineIndex : null,
      ...(typeof usernameFragment === 'string' && { usernameFragment }),
    },
  };
}

/** Voice has one medium; a description that opens more is not ours. */
function isAudioOnly(sdp: string): boolean {
  const media = [...sdp.matchAll(/^m=(\w+) /gm)].map(([, kind]) => kind);
  return sdp.startsWith('v=0') && media.length === 1 && media[0] === 'audio';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
