import type { RoomSession } from '../room/roomSession';
import { useVolume } from './volume';

/** Mutes or unmutes. Sound that the browser holds back comes with the same press. */
export function toggleSound(session: RoomSession): void {
  if (session.store.getState().player?.silenced) session.unlock();
  else useVolume.getState().toggleMuted();
}
