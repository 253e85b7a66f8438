import type { ReactNode } from 'react';
import type { Message } from '../../room/chat/message';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Avatar } from '../../ui/Avatar';
import { MessageText } from './rows/MessageText';

/** A message in a list of found, pinned or reported ones. What was deleted meanwhile loses its text here, too. */
export function FoundMessage({
  message,
  onOpen,
  action,
}: {
  message: Message;
  onOpen: () => void;
  action?: ReactNode;
}) {
  const known = useRoom((room) => select.chat.message(room, message.id));
  const { authorId, authorName, text, sentMs, isRemoved, mentions } = known ?? message;
  const when = new Date(sentMs).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <li className="flex items-start gap-1">
      <button
        type="button"
        onClick={onOpen}
        disabled={isRemoved}
        className="flex min-w-0 grow gap-2.5 rounded-control px-2 py-2 text-left hover:bg-hover"
      >
        <Avatar id={authorId} name={authorName} />
        <span className="min-w-0 grow">
          <span className="flex items-center gap-1.5 text-label">
            <b className="truncate font-semibold">{authorName}</b>
            <span className="shrink-0 text-xs text-faint tabular-nums">{when}</span>
          </span>
          {isRemoved ? (
            <span className="text-small text-faint italic">This message was deleted.</span>
          ) : (
            <MessageText text={text} mentions={mentions} plain className="line-clamp-3 text-body" />
          )}
        </span>
      </button>
      {action}
    </li>
  );
}
