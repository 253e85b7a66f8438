import { SkipForward } from 'lucide-react';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { useAct } from './useAct';

/** Votes to skip what is on. Whoever may choose the video skips it without a vote, with Next. */
export function SkipVote() {
  const { commands } = useRoomSession();
  const hasItem = useRoom(select.playback.hasItem);
  const off = useRoom(select.settings.isSkipVoteOff);
  const vote = useRoom(select.playback.skipVote);
  const mine = useRoom(
    (room) => select.playback.skipVote(room)?.voterIds.includes(select.access.mySubjectId(room)) === true,
  );
  const mayVote = useMay('PERMISSION_VOTE');
  const { busy, act } = useAct();
  if (!hasItem || off || (!mayVote && !vote)) return null;
  const { votes = 0, needed = 0 } = vote ?? {};
  return (
    <div className="flex min-h-target items-center gap-2.5 pr-1 pl-2 text-small text-soft">
      <p role="status" className="shrink-0">
        {vote ? (
          <>
            <span className="font-bold tabular-nums">
              {votes} of {needed}
            </span>{' '}
            {votes === 1 ? 'wants' : 'want'} to skip
          </>
        ) : (
          'Seen enough?'
        )}
      </p>
      <span aria-hidden className="h-1 min-w-0 grow overflow-hidden rounded-full bg-well">
        <span
          className="block h-full rounded-full bg-warn transition-[width] duration-200"
          style={{ width: `${needed > 0 ? Math.min(100, (votes / needed) * 100) : 0}%` }}
        />
      </span>
      <Button
        size="sm"
        aria-pressed={mine}
        aria-disabled={!mayVote}
        disabled={busy}
        className={mine ? 'bg-warn/20! text-warn!' : ''}
        onClick={() => void act(() => commands.voteSkip(mine))}
      >
        <SkipForward size={15} fill="currentColor" aria-hidden />
        {mine ? 'Take back' : 'Vote to skip'}
      </Button>
    </div>
  );
}
