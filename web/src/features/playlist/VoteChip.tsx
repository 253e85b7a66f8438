import { ArrowUp } from 'lucide-react';
import { call } from '../../api/call';
import { VoteService } from '../../api/gen/services';
import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';
import { useAct } from './useAct';

/** The votes for an item, in a room that votes. A press votes, another one takes the vote back. */
export function VoteChip({ itemId, title }: { itemId: string; title: string }) {
  const room = useRoom(select.settings.roomId);
  const votes = useRoom((whole) => select.votes.countOf(whole, itemId));
  const mine = useRoom((whole) => select.votes.isMine(whole, itemId));
  const mayVote = useMay('PERMISSION_VOTE');
  const { busy, act } = useAct();
  return (
    <button
      type="button"
      aria-pressed={mine}
      aria-label={`Vote for ${title}, ${votes === 1 ? 'one vote' : `${votes} votes`}`}
      aria-disabled={!mayVote}
      disabled={busy}
      onClick={() => void act(() => call(VoteService.voteForItem, { room, itemId, withdraw: mine }))}
      className={cx(
        'hit flex h-8 shrink-0 items-center gap-1 rounded-[10px] px-2 text-label font-bold tabular-nums transition disabled:opacity-60 aria-disabled:opacity-60',
        mine ? 'bg-warn/18 text-warn' : 'bg-raised text-soft hover:bg-hover',
      )}
    >
      <ArrowUp size={14} strokeWidth={2.6} aria-hidden />
      {votes}
    </button>
  );
}
