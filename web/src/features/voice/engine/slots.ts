// Messages of the media server: who is heard in which slot.
import type { VoiceSlotsJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';

export interface Slots {
  /** Session in each slot; empty: nobody. */
  sessionIds: readonly string[];
  /** The server drops what this person sends. */
  muted: boolean;
  /** Who is connected to the server; null: as before. */
  present: ReadonlySet<string> | null;
}

/** Reads a message; null for anything else. */
export function parseSlots(text: unknown): Slots | null {
  if (typeof text !== 'string') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { sessionIds = [], muted = false, present } = value as VoiceSlotsJson;
  if (!areTexts(sessionIds) || (present && !areTexts(present.sessionIds ?? []))) return null;
  return { sessionIds, muted, present: present ? new Set(present.sessionIds) : null };
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
