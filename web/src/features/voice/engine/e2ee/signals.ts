// Messages of the key exchange in frames `signal` of the room's WebSocket.
import type { KeySignal } from './exchange';

/** A public key is 65 bytes, a sealed secret 48; as base64 both are shorter. */
const MAX_TEXT = 128;

export function encodeKeySignal(signal: KeySignal): string {
  return JSON.stringify({ voiceKeys: 1, ...signal });
}

export function isKeySignal(payload: string): boolean {
  return parseKeySignal(payload) !== null;
}

/** Reads a payload; null for anything that is no message of the key exchange. */
export function parseKeySignal(payload: string): KeySignal | null {
  if (payload.length > 1_024) return null;
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { voiceKeys, kind, key, generation, step, iv, sealed } = value as Record<string, unknown>;
  if (voiceKeys !== 1) return null;
  if (kind === 'public') return isText(key) ? { kind, key } : null;
  if (kind !== 'secret' || !isByte(generation) || !isByte(step) || !isText(iv) || !isText(sealed)) return null;
  return { kind, generation, step, iv, sealed };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT;
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}
