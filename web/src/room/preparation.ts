// How far an uploaded item is, as the room is told.
import type { ItemJson } from '../api/gen/syncwatch/room/v1/playlist_pb';

/** `syncwatch.room.v1.ItemPreparation`. */
interface Told {
  state?: string;
  /** Of the sending while it is being sent, of the preparing from then on. */
  percent?: number;
  playable?: boolean;
  failureMessage?: string;
}

export interface Preparation {
  /** In one line. */
  text: string;
  failed: boolean;
}

/** Null: the item is no upload, or is ready. */
export function preparationOf(item: ItemJson | undefined): Preparation | null {
  const told = toldOf(item);
  if (!told) return null;
  const { state = '', percent = 0, playable = false, failureMessage = '' } = told;
  switch (state) {
    case 'PREPARATION_STATE_FAILED':
      return { text: failureMessage || 'This file can’t be played.', failed: true };
    case 'PREPARATION_STATE_SENDING':
      return { text: playable ? `Plays already, ${percent} % sent` : `Still being sent, ${percent} %`, failed: false };
    case 'PREPARATION_STATE_PENDING':
    case 'PREPARATION_STATE_PROCESSING':
      return { text: playable ? `Plays already, ${percent} % prepared` : `Preparing, ${percent} %`, failed: false };
    default:
      return null;
  }
}

/** An upload that can be played from now on. */
export function isPlayableUpload(item: ItemJson | undefined): boolean {
  const told = toldOf(item);
  return told?.playable === true || told?.state === 'PREPARATION_STATE_READY';
}

function toldOf(item: ItemJson | undefined): Told | undefined {
  return (item as { preparation?: Told } | undefined)?.preparation;
}
