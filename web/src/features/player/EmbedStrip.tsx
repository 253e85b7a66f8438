import { Play } from 'lucide-react';
import { useRoom, useRoomSession } from '../../room/hooks';
import type { EmbedService } from '../../room/player/source';
import { select } from '../../room/store';
import { EmbedNote } from './EmbedNote';
import { OwnerAway } from './OwnerAway';
import { SoundButton } from './SoundButton';
import { LastAction } from './StageOverlay';
import { UndoJump } from './UndoJump';
import { WaitingBanner } from './WaitingBanner';

/** Shows the content of `StageOverlay` below the film, for players that allow nothing over them. */
export function EmbedStrip({ service }: { service: EmbedService }) {
  const session = useRoomSession();
  const blocked = useRoom(select.player.isBlocked);
  const held = useRoom(select.playback.isHeld);
  const ownerAway = useRoom(select.playback.isOwnerAway);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 pb-1 text-white">
      {blocked && (
        <button
          type="button"
          onClick={() => session.unlock()}
          className="lit flex items-center gap-2 rounded-full px-4 py-1.5 text-sm font-semibold"
        >
          <Play size={16} fill="currentColor" aria-hidden />
          Tap to play, or press play in the video itself
        </button>
      )}
      <SoundButton />
      {held && <WaitingBanner below />}
      {ownerAway && <OwnerAway below />}
      <UndoJump />
      <EmbedNote service={service} />
      <LastAction below />
    </div>
  );
}
