import type { RoomSession } from '../../room/session';
import { select } from '../../room/store';
import { useVolume } from './volume';

/** Mutes or unmutes. Where the browser has muted the video, a press unmutes it. */
export function toggleSound(session: RoomSession): void {
  if (select.player.isSilenced(session.store.getState())) session.unlock();
  else useVolume.getState().toggleMuted();
}
