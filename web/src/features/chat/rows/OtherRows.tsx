import { Clock3, TriangleAlert } from 'lucide-react';
import type { Line } from '../../../room/chat/lines';
import { systemWords } from '../../../room/chat/systemWords';
import { useRoom, useRoomSession } from '../../../room/hooks';
import type { QueuedMessage } from '../../../room/slices/chat';
import { members } from '../../../room/slices/members';
import { select } from '../../../room/store';
import { Button } from '../../../ui/Button';
import { MessageText } from './MessageText';

export function SystemRow({ line }: { line: Extract<Line, { kind: 'system' }> }) {
  const words = useRoom((room) => systemWords(line.messages, (id) => members.select.nameOf(room, id)));
  return words && <p className="px-4 py-1.5 text-center text-small text-faint">{words}</p>;
}

export function RemovedRow({ line }: { line: Extract<Line, { kind: 'removed' }> }) {
  const { count, authorNames } = line;
  const whose = authorNames.length === 1 && authorNames[0] ? ` of ${authorNames[0]}` : '';
  return (
    <p className="px-2 py-1 pl-[50px] text-small text-faint italic">
      {count === 1 ? `A message${whose} was deleted` : `${count} messages${whose} were deleted`}
    </p>
  );
}

export function DayRow({ atMs }: { atMs: number }) {
  const day = new Date(atMs).toLocaleDateString([], { weekday: 'long', month: 'long', day: 'numeric' });
  return <p className="px-4 pt-3 pb-1 text-center text-small font-semibold text-faint">{day}</p>;
}

/** Everything below came while the person looked away. */
export function NewRow() {
  return (
    // oxlint-disable-next-line jsx-a11y/role-has-required-aria-props -- a separator that cannot be moved has no value
    <div role="separator" aria-label="New messages" className="relative px-2 py-1.5 text-right">
      <span aria-hidden className="absolute inset-x-2 top-1/2 h-px bg-warn/55" />
      <span className="relative rounded-md bg-warn px-1.5 py-0.5 text-xs font-semibold text-on-warn">New</span>
    </div>
  );
}

/** The beginning of what is there. */
export function StartRow({ isLoading, onOlder }: { isLoading: boolean; onOlder: () => void }) {
  return (
    <div className="py-2 text-center">
      <Button look="quiet" size="sm" busy={isLoading} onClick={onOlder}>
        Show earlier messages
      </Button>
    </div>
  );
}

export function QueuedRow({ message }: { message: QueuedMessage }) {
  const session = useRoomSession();
  const isOnline = useRoom(select.connection.isOnline);
  return (
    <article className="px-2 py-0.5 pl-[50px]">
      <p className="text-body opacity-60">
        <MessageText text={message.text} mentions={message.mentions} />
      </p>
      {message.failure ? (
        <p role="alert" className="flex flex-wrap items-center gap-1.5 text-small text-bad">
          <TriangleAlert size={13} aria-hidden />
          {message.failure}
          <button type="button" className="hit font-semibold underline" onClick={() => session.chat.retry(message.id)}>
            Try again
          </button>
          <button
            type="button"
            className="hit font-semibold underline"
            onClick={() => session.chat.discard(message.id)}
          >
            Delete
          </button>
        </p>
      ) : (
        <p className="flex items-center gap-1.5 text-small text-faint">
          <Clock3 size={12} aria-hidden />
          {isOnline ? 'Sending…' : 'Will be sent when you’re back online'}
        </p>
      )}
    </article>
  );
}
