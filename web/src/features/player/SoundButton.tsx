import { VolumeX } from 'lucide-react';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';

/** Case R7: the video began without sound, since browsers play sound only after a tap. One tap brings it. */
export function SoundButton({ className }: { className?: string }) {
  const session = useRoomSession();
  const silenced = useRoom((room) => select.player.isSilenced(room) && select.playback.isPlaying(room));
  if (!silenced) return null;
  return (
    <button
      type="button"
      title="Your browser plays sound only after a tap"
      onClick={() => session.unlock()}
      className={cx(
        'rise flex min-h-11 items-center gap-2.5 rounded-full bg-white px-4 text-sm font-bold text-black shadow-lg hover:brightness-90',
        className,
      )}
    >
      <VolumeX size={19} aria-hidden />
      Tap for sound
    </button>
  );
}
