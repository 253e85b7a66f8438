import type { Quote } from '../../../room/chat/message';
import { useRoom } from '../../../room/hooks';
import { select } from '../../../room/store';
import { useChatUi } from '../ChatContext';
import { MessageText } from './MessageText';

/** What a message answers; a press shows its place. */
export function QuoteLine({ quote }: { quote: Quote }) {
  const ui = useChatUi();
  const isMine = useRoom(select.access.mySubjectId) === quote.authorId;
  if (quote.isRemoved)
    return <p className="mt-0.5 border-l-2 border-faint pl-2 text-small text-faint italic">Deleted message</p>;
  const name = isMine ? 'You' : quote.authorName;
  return (
    <button
      type="button"
      title="Show that message"
      onClick={() => ui.jump(quote.messageId)}
      className="mt-0.5 flex max-w-full gap-1.5 border-l-2 border-faint pl-2 text-left text-small text-soft hover:text-ink"
    >
      <span className="sr-only">In answer to </span>
      <b className="shrink-0 font-semibold">{name}</b>
      <MessageText text={quote.text} plain className="min-w-0 truncate whitespace-nowrap!" />
    </button>
  );
}
