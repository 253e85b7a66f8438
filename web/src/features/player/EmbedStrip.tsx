import { Play } from 'lucide-react';
import { useRoom, useRoomSession } from '../../room/hooks';
import type { EmbedService } from '../../room/player/source';
import { select } from '../../room/store';
import { type RoomNews, RoomToast } from '../../ui/RoomToast';
import { EmbedNote } from './EmbedNote';
import { SoundButton } from './SoundButton';
import { UndoJump } from './UndoJump';

/** Shows what lies over other films below the film, for players that allow nothing over them. */
export function EmbedStrip({ service, news }: { service: EmbedService; news: RoomNews | null }) {
  const session = useRoomSession();
  const blocked = useRoom(select.player.isBlocked);
  return (
    // As high as its content gets, so that the film keeps its size when something is said.
    <div className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 pb-1 text-white">
      {blocked && <Button onUnlock={() => session.unlock()} />}
      <SoundButton />
      <RoomToast news={news} inline />
      <UndoJump />
      <EmbedNote service={service} />
    </div>
  );
}

function Button({ onUnlock }: { onUnlock: () => void }) {
  return (
    <button
      type="button"
      onClick={onUnlock}
      className="lit flex min-h-target items-center gap-2 rounded-full px-4 text-label font-semibold"
    >
      <Play size={16} fill="currentColor" aria-hidden />
      Tap to play, or press play in the video itself
    </button>
  );
}
