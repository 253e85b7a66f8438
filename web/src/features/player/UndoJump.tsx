import { Undo2 } from 'lucide-react';
import { clockTime } from '../../room/format';
import { useCountdown, useMay, useRoom, useRoomSession } from '../../room/hooks';
import type { Undo } from '../../room/slices/playback';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';

/** A button that undoes the last jump, whoever made it, while that is possible. */
export function UndoJump({ className }: { className?: string }) {
  const undo = useRoom(select.playback.undo);
  const mayControl = useMay('PERMISSION_PLAY_CONTROL');
  return undo && mayControl ? <UndoButton undo={undo} className={className} /> : null;
}

function UndoButton({ undo, className }: { undo: Undo; className: string | undefined }) {
  const session = useRoomSession();
  const secondsLeft = useCountdown(undo.untilServerMs);
  if (secondsLeft === 0) return null;
  return (
    <button
      type="button"
      aria-keyshortcuts="Control+Z Meta+Z U"
      title="Undo the last jump (U)"
      onClick={() => void session.commands.undoSeek()}
      className={cx(
        'glass-over rise flex min-h-9 items-center gap-2 rounded-full px-3.5 text-sm font-semibold hover:brightness-125',
        className,
      )}
    >
      <Undo2 size={15} aria-hidden />
      Back to {clockTime(undo.positionMs)}
      <span aria-hidden className="font-normal tabular-nums opacity-75">
        {secondsLeft} s
      </span>
    </button>
  );
}
