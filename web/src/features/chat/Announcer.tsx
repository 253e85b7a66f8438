import { useEffect, useState } from 'react';
import { useRoom, useRoomSession } from '../../room/hooks';
import { isFor } from '../../room/slices/chat';
import { select } from '../../room/store';

const AT_ONCE = 3;
const QUIET_MS = 400;

/** Reads new messages to screen readers: each once, and many at once as a number. */
export function Announcer({ shown }: { shown: boolean }) {
  const session = useRoomSession();
  const arrivals = useRoom(select.chat.arrivals);
  const [words, setWords] = useState('');
  const [saidMs, setSaidMs] = useState(0);
  useEffect(() => {
    const fresh = arrivals.filter(({ atMs }) => atMs > saidMs);
    if (!fresh.length) return;
    const timer = setTimeout(() => {
      const room = session.store.getState();
      const myId = select.access.mySubjectId(room);
      const messages = fresh
        .flatMap(({ id }) => select.chat.message(room, id) ?? [])
        .filter((message) => message.authorId !== myId && !message.system && !message.isRemoved)
        .filter((message) => shown || isFor(message, myId));
      setSaidMs(fresh.at(-1)?.atMs ?? saidMs);
      if (!messages.length) return;
      setWords(
        messages.length > AT_ONCE
          ? `${messages.length} new messages`
          : messages.map(({ authorName, text }) => `${authorName}: ${text}`).join('. '),
      );
    }, QUIET_MS);
    return () => clearTimeout(timer);
  }, [session, arrivals, saidMs, shown]);
  return (
    <p aria-live="polite" className="sr-only">
      {words}
    </p>
  );
}
