import { Music, Play } from 'lucide-react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';

/** Replaces the picture of an item that has only sound. Clicks reach the player behind it. */
export function SoundCard() {
  const title = useRoom(select.playlist.title);
  const addedBy = useRoom((room) => select.members.nameOf(room, select.playlist.current(room)?.addedBy ?? ''));
  const moving = useRoom(select.playback.isMoving);
  return (
    <div
      data-testid="sound-card"
      className="pointer-events-none absolute inset-0 grid place-items-center overflow-hidden bg-black/20 p-4 pt-20 pb-32 text-center text-white phone:py-14"
    >
      <div className="grid max-w-full justify-items-center gap-1.5 sm:gap-3">
        <span className={moving ? 'sound-pulse' : ''}>
          <span className="grid size-12 place-items-center rounded-full border border-white/20 bg-white/10 sm:size-24">
            {moving ? (
              <Music aria-hidden className="size-7 sm:size-10" />
            ) : (
              <Play aria-hidden fill="currentColor" className="ml-1 size-7 sm:size-10" />
            )}
          </span>
        </span>
        <p className="line-clamp-2 max-w-2xl text-base font-bold text-balance break-words sm:text-[28px]">{title}</p>
        {addedBy && (
          <p className="text-sm text-white/75 max-sm:hidden">added by {addedBy === 'You' ? 'you' : addedBy}</p>
        )}
      </div>
    </div>
  );
}
