import { ArrowDown, Clock3, TriangleAlert } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { explain } from '../../api/errors';
import type { ChatMessageJson } from '../../api/gen/syncwatch/room/v1/chat_pb';
import { clockTime, msFromUs } from '../../room/format';
import { useRoom, useRoomSession } from '../../room/hooks';
import type { QueuedMessage } from '../../room/slices/chat';
import { select } from '../../room/store';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { notify } from '../../ui/toasts';
import { MessageText } from './MessageText';

const NEAR_END_PX = 80;
/** Messages of one person within this time are grouped under one name. */
const GROUP_MS = 4 * 60_000;

export function MessageList({ shown }: { shown: boolean }) {
  const session = useRoomSession();
  const messages = useRoom(select.chat.messages);
  const outbox = useRoom(select.chat.outbox);
  const olderToken = useRoom(select.chat.olderToken);
  const myself = useRoom(select.access.mySubjectId);
  const [loading, setLoading] = useState(false);
  const [unseen, setUnseen] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const place = useRef({ height: 0, atEnd: true, firstId: '' });

  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !shown) return;
    const firstId = messages[0]?.id ?? '';
    const older = place.current.firstId !== '' && firstId !== place.current.firstId;
    // Older messages were inserted above: keep the messages on screen in place.
    if (older) element.scrollTop += element.scrollHeight - place.current.height;
    else if (place.current.atEnd) element.scrollTop = element.scrollHeight;
    else setUnseen(true);
    place.current = { ...place.current, height: element.scrollHeight, firstId };
  }, [messages, outbox, shown]);

  const scrolled = () => {
    const element = list.current;
    if (!element) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    place.current = { ...place.current, atEnd };
    if (atEnd) setUnseen(false);
  };
  const toEnd = () => list.current?.scrollTo({ top: list.current.scrollHeight, behavior: 'smooth' });

  const older = async () => {
    setLoading(true);
    try {
      await session.chat.loadOlder();
    } catch (error) {
      notify(explain(error));
    } finally {
      setLoading(false);
    }
  };

  return (
    <div className="relative min-h-0 grow">
      <div
        ref={list}
        onScroll={scrolled}
        role="log"
        aria-label="Chat"
        aria-live="polite"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keys have to scroll it
        tabIndex={0}
        className="slim-scroll absolute inset-0 overflow-y-auto px-3 pt-3"
      >
        {olderToken && (
          <div className="pb-2 text-center">
            <Button look="quiet" size="sm" busy={loading} onClick={() => void older()}>
              Show earlier messages
            </Button>
          </div>
        )}
        {messages.length === 0 && outbox.length === 0 && (
          <p className="py-8 text-center text-sm text-soft">No messages yet. Say hello!</p>
        )}
        {messages.map((message, index) => (
          <Message
            key={message.id}
            message={message}
            own={message.authorId === myself}
            grouped={continues(messages[index - 1], message)}
          />
        ))}
        {outbox.map((message) => (
          <Queued key={message.id} message={message} />
        ))}
      </div>
      {unseen && (
        <Button size="sm" onClick={toEnd} className="glass-strong absolute bottom-2 left-1/2 -translate-x-1/2">
          <ArrowDown size={15} aria-hidden />
          New messages
        </Button>
      )}
    </div>
  );
}

function continues(before: ChatMessageJson | undefined, message: ChatMessageJson): boolean {
  if (!before || before.authorId !== message.authorId) return false;
  return Date.parse(message.sentAt ?? '') - Date.parse(before.sentAt ?? '') < GROUP_MS;
}

function Message({ message, own, grouped }: { message: ChatMessageJson; own: boolean; grouped: boolean }) {
  const { authorId = '', authorName = '', text = '', sentAt = '', itemId, positionUs } = message;
  const sent = new Date(sentAt);
  return (
    <article className={grouped ? 'pt-0.5 pl-11' : 'flex gap-3 pt-2.5'}>
      {!grouped && <Avatar id={authorId} name={authorName} />}
      <div className="min-w-0 grow">
        {!grouped && (
          <p className="flex items-baseline gap-2 text-sm">
            <span className="truncate font-bold">{own ? 'You' : authorName}</span>
            <time dateTime={sentAt} className="shrink-0 text-xs text-faint tabular-nums">
              {sent.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
            </time>
            {itemId && (
              <span className="shrink-0 text-xs text-faint tabular-nums">at {clockTime(msFromUs(positionUs))}</span>
            )}
          </p>
        )}
        <MessageText text={text} />
      </div>
    </article>
  );
}

function Queued({ message }: { message: QueuedMessage }) {
  const session = useRoomSession();
  const online = useRoom(select.connection.isOnline);
  return (
    <article className="pt-0.5 pl-11">
      <div className="opacity-60">
        <MessageText text={message.text} />
      </div>
      {message.failure ? (
        <p role="alert" className="flex flex-wrap items-center gap-1.5 text-xs text-bad">
          <TriangleAlert size={13} aria-hidden />
          {message.failure}
          <button type="button" className="font-semibold underline" onClick={() => session.chat.retry(message.id)}>
            Try again
          </button>
          <button type="button" className="font-semibold underline" onClick={() => session.chat.discard(message.id)}>
            Delete
          </button>
        </p>
      ) : (
        <p className="flex items-center gap-1.5 text-xs text-faint">
          <Clock3 size={12} aria-hidden />
          {online ? 'Sending…' : 'Will be sent when you’re back online'}
        </p>
      )}
    </article>
  );
}
