// A person who was sent out of a room sees why on a page without the room's code (case W1). The history of the browser
// keeps what it shows, so it is there after a reload.
import type { Removal } from '../../room/closed';

export const REMOVED_PATH = '/removed';

export interface RemovedFrom extends Removal {
  roomName: string;
}

/** Reads what the history has kept; null when the page was opened in another way. */
export function removedFrom(state: unknown): RemovedFrom | null {
  if (typeof state !== 'object' || state === null) return null;
  const { banned, by, note, untilMs, roomName } = state as Partial<Record<keyof RemovedFrom, unknown>>;
  if (typeof banned !== 'boolean') return null;
  return {
    banned,
    by: typeof by === 'string' ? by : '',
    note: typeof note === 'string' ? note : '',
    untilMs: typeof untilMs === 'number' ? untilMs : null,
    roomName: typeof roomName === 'string' ? roomName : '',
  };
}
