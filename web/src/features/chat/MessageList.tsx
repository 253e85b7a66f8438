import { ArrowDown } from 'lucide-react';
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { explain } from '../../api/errors';
import { type Line, linesOf } from '../../room/chat/lines';
import { useRoom, useRoomSession } from '../../room/hooks';
import type { QueuedMessage } from '../../room/slices/chat';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { EmptyState, LoadingRows } from '../../ui/States';
import { notify } from '../../ui/toasts';
import { Announcer } from './Announcer';
import { type ListHandle, VirtualList } from './list/VirtualList';
import { LOOSE } from './list/virtualWindow';
import { MessageRow } from './rows/MessageRow';
import { DayRow, NewRow, QueuedRow, RemovedRow, StartRow, SystemRow } from './rows/OtherRows';
import { useReading } from './useReading';

type Row = Line | { kind: 'start'; key: string } | { kind: 'queued'; key: string; queued: QueuedMessage };

export interface MessageListHandle {
  jump: (messageId: string) => void;
  toEnd: () => void;
  /** Focuses the newest message. */
  focus: () => void;
}

const START: Row = { kind: 'start', key: `${LOOSE}start` };
const FOUND_MS = 2_500;
/** Heights before rows are measured, in px. */
const HEIGHTS: Readonly<Record<Row['kind'], number>> = {
  start: 50,
  day: 34,
  new: 30,
  message: 52,
  system: 30,
  removed: 26,
  queued: 44,
};
const CHARS_OF_A_LINE = 42;
const LINE_PX = 22;

interface Props {
  ref: Ref<MessageListHandle>;
  /** The list is on the screen. */
  shown: boolean;
}

export function MessageList({ ref, shown }: Props) {
  const session = useRoomSession();
  const isKnown = useRoom(select.chat.isKnown);
  const messages = useRoom(select.chat.messages);
  const outbox = useRoom(select.chat.outbox);
  const isInPast = useRoom(select.chat.isInPast);
  const hasOlder = useRoom(select.chat.olderToken) !== '';
  const newAfterId = useRoom(select.chat.newAfterId);
  const myId = useRoom(select.access.mySubjectId);
  const [isLoading, setIsLoading] = useState(false);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const [activeKey, setActiveKey] = useState('');
  const [foundKey, setFoundKey] = useState('');
  const list = useRef<ListHandle>(null);
  useReading(shown && isAtEnd);

  const rows = useMemo<readonly Row[]>(() => {
    const queued = outbox.map((message): Row => ({ kind: 'queued', key: message.id, queued: message }));
    return [...(hasOlder ? [START] : []), ...linesOf({ messages, newAfterId, myId }), ...queued];
  }, [messages, outbox, hasOlder, newAfterId, myId]);
  const lastOutbox = outbox.at(-1)?.id;
  useEffect(() => {
    // Sending leads to the end, wherever the person was reading.
    if (lastOutbox) list.current?.toEnd();
  }, [lastOutbox]);

  const load = async (page: () => Promise<void>) => {
    setIsLoading(true);
    try {
      await page();
    } catch (error) {
      notify(explain(error));
    } finally {
      setIsLoading(false);
    }
  };
  const older = () => {
    if (hasOlder && !isLoading) void load(() => session.history.loadOlder());
  };
  const toEnd = () => {
    session.history.toNewest();
    list.current?.toEnd();
  };
  const jump = async (messageId: string) => {
    if (!(await session.history.open(messageId))) return;
    setFoundKey(messageId);
    // The rows of another window are there after the next drawing.
    requestAnimationFrame(() => {
      list.current?.toKey(messageId);
      list.current?.focus(messageId);
    });
    setTimeout(() => setFoundKey((key) => (key === messageId ? '' : key)), FOUND_MS);
  };
  /** Focuses the next message in a direction. */
  const move = (from: number, step: 1 | -1) => {
    for (let at = from + step; at >= 0 && at < rows.length; at += step) {
      const row = rows[at];
      if (row?.kind !== 'message') continue;
      setActiveKey(row.key);
      list.current?.focus(row.key);
      return;
    }
  };
  useImperativeHandle(ref, () => ({
    jump: (messageId) => void jump(messageId),
    toEnd,
    focus: () => move(rows.length, -1),
  }));

  const press = (event: KeyboardEvent<HTMLElement>) => {
    if (event.defaultPrevented) return;
    if (event.target === event.currentTarget && event.key === 'Enter') {
      event.preventDefault();
      move(rows.length, -1);
    }
    if (!(event.target instanceof HTMLElement) || event.target.dataset['row'] === undefined) return;
    const at = rows.findIndex(({ key }) => key === activeKey);
    if (event.key === 'ArrowUp') move(at < 0 ? rows.length : at, -1);
    else if (event.key === 'ArrowDown') move(at, 1);
    else if (event.key === 'Home') move(-1, 1);
    else if (event.key === 'End') move(rows.length, -1);
    else return;
    event.preventDefault();
  };
  const activate = (event: { target: EventTarget }) => {
    const key = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-key]')?.dataset['key'] : '';
    if (key) setActiveKey(key);
  };

  return (
    <div className="relative min-h-0 grow">
      {!isKnown && messages.length === 0 ? (
        <LoadingRows label="Loading the chat" rows={5} />
      ) : (
        rows.length === 0 && (
          <EmptyState title="No messages yet">Say hello: everyone in the room reads it beside the film.</EmptyState>
        )
      )}
      <VirtualList<Row>
        ref={list}
        rows={rows}
        estimate={estimate}
        row={(row) => draw(row, row.key === activeKey, row.key === foundKey, isLoading, older)}
        follow={!isInPast}
        onEnd={(at) => {
          const isNewest = at && !select.chat.isInPast(session.store.getState());
          session.history.atEnd(isNewest);
          setIsAtEnd(isNewest);
          if (at && !isNewest) void load(() => session.history.loadNewer());
        }}
        onStart={older}
        role="log"
        aria-label="Chat"
        // The announcer reads new messages; rows that scrolling brings are not news.
        aria-live="off"
        tabIndex={0}
        onKeyDown={press}
        onFocus={activate}
        onPointerOver={activate}
        onPointerLeave={(event) => {
          if (!event.currentTarget.contains(document.activeElement)) setActiveKey('');
        }}
        className="slim-scroll absolute inset-0 overflow-y-auto overscroll-contain px-2"
      />
      <Announcer shown={shown} />
      {!isAtEnd && <NewestChip onPress={toEnd} />}
    </div>
  );
}

function estimate(row: Row): number {
  const extra = row.kind === 'message' ? Math.floor(row.message.text.length / CHARS_OF_A_LINE) * LINE_PX : 0;
  const grouped = row.kind === 'message' && row.isGrouped ? LINE_PX : 0;
  return HEIGHTS[row.kind] + extra - grouped;
}

function draw(row: Row, isActive: boolean, isFound: boolean, isLoading: boolean, onOlder: () => void) {
  switch (row.kind) {
    case 'start':
      return <StartRow isLoading={isLoading} onOlder={onOlder} />;
    case 'day':
      return <DayRow atMs={row.atMs} />;
    case 'new':
      return <NewRow />;
    case 'system':
      return <SystemRow line={row} />;
    case 'removed':
      return <RemovedRow line={row} />;
    case 'queued':
      return <QueuedRow message={row.queued} />;
    default:
      return <MessageRow message={row.message} isGrouped={row.isGrouped} isActive={isActive} isFound={isFound} />;
  }
}

/** Leads back to the newest message, and counts those that came meanwhile. */
function NewestChip({ onPress }: { onPress: () => void }) {
  const unread = useRoom(select.chat.unread);
  return (
    <Button
      size="sm"
      look={unread ? 'lit' : 'glass'}
      onClick={onPress}
      className="absolute bottom-2 left-1/2 -translate-x-1/2"
    >
      <ArrowDown size={15} aria-hidden />
      {unread ? `${unread} new ${unread === 1 ? 'message' : 'messages'}` : 'To the newest'}
    </Button>
  );
}
