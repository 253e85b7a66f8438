// Reads the figures of a connection from its WebRTC statistics.
import type { IcePathJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';

export type Path = Exclude<IcePathJson, 'ICE_PATH_UNSPECIFIED'>;

/** Counts since the connection began; those of a report are the differences to the report before. */
export interface Figures {
  path: Path | null;
  roundTripMs: number | null;
  received: number;
  lost: number;
}

interface Entry {
  id: string;
  type: string;
  [name: string]: unknown;
}

/** `report` holds the entries of an `RTCStatsReport`. */
export function figuresOf(report: Iterable<Entry>): Figures {
  const entries = [...report];
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const transport = entries.find((entry) => entry.type === 'transport');
  const pair =
    byId.get(String(transport?.['selectedCandidatePairId'])) ??
    entries.find((entry) => entry.type === 'candidate-pair' && entry['nominated'] === true);
  const inbound = entries.find((entry) => entry.type === 'inbound-rtp' && entry['kind'] === 'audio');
  const roundTrip = pair?.['currentRoundTripTime'];
  const ends = pair ? [byId.get(String(pair['localCandidateId'])), byId.get(String(pair['remoteCandidateId']))] : [];
  return {
    path: pathOf(ends),
    roundTripMs: typeof roundTrip === 'number' ? roundTrip * 1000 : null,
    received: count(inbound?.['packetsReceived']),
    lost: count(inbound?.['packetsLost']),
  };
}

/** The way by the worse of its two ends; the protocol to the relay is known of one's own. */
function pathOf([local, remote]: (Entry | undefined)[]): Path | null {
  if (!local && !remote) return null;
  const types = [local?.['candidateType'], remote?.['candidateType']];
  if (types.includes('relay')) {
    const protocol = local?.['relayProtocol'];
    return protocol === 'tls' ? 'ICE_PATH_RELAY_TLS' : protocol === 'tcp' ? 'ICE_PATH_RELAY_TCP' : 'ICE_PATH_RELAY_UDP';
  }
  return types.every((type) => type === 'host') ? 'ICE_PATH_HOST' : 'ICE_PATH_REFLEXIVE';
}

function count(value: unknown): number {
  return typeof value === 'number' ? Math.max(0, value) : 0;
}

/** Lost packets between two looks, in percent; null while too few came. */
export function lossPercent(before: Figures, now: Figures): number | null {
  const [lost, received] = [Math.max(0, now.lost - before.lost), Math.max(0, now.received - before.received)];
  return lost + received < 20 ? null : (100 * lost) / (lost + received);
}
