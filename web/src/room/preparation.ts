// How far an uploaded item is, as the room is told.
import { sentence } from '../api/errors';
import type { ItemJson } from '../api/gen/syncwatch/room/v1/playlist_pb';

export interface Preparation {
  /** In one line. */
  text: string;
  failed: boolean;
}

/** Null: the item is no upload, or is ready. */
export function preparationOf(item: ItemJson | undefined): Preparation | null {
  const told = item?.preparation;
  if (!told) return null;
  const { state = '', percent = 0, playable = false, failureMessage = '' } = told;
  switch (state) {
    case 'PREPARATION_STATE_FAILED':
      return { text: failureMessage ? sentence(failureMessage) : 'This file can’t be played.', failed: true };
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
  const told = item?.preparation;
  return told?.playable === true || told?.state === 'PREPARATION_STATE_READY';
}
