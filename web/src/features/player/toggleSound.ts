import type { RoomSession } from '../../room/session';
import { select } from '../../room/store';
import { useVolume } from './volume';

/** Mutes or unmutes. Sound that the browser holds back comes with the same press. */
export function toggleSound(session: RoomSession): void {
  if (select.player.isSilenced(session.store.getState())) session.unlock();
  else useVolume.getState().toggleMuted();
}
