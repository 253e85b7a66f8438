import { useEffect, useState } from 'react';
import { useRoom } from '../../../room/hooks';
import { members } from '../../../room/slices/members';
import { select } from '../../../room/store';
import { MessageText } from '../rows/MessageText';

const SHOWN_MS = 9_000;
const CHECK_MS = 1_000;
const MAX_LINES = 5;

/** The last messages over the film, for some seconds each; all of them while the field is open. */
export function FilmLines({ isWriting }: { isWriting: boolean }) {
  const arrivals = useRoom(select.chat.arrivals);
  const newest = useRoom(select.chat.newest);
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    setNowMs(performance.now());
    const timer = setInterval(() => setNowMs(performance.now()), CHECK_MS);
    return () => clearInterval(timer);
  }, [arrivals]);
  const fresh = new Set(arrivals.filter(({ atMs }) => nowMs - atMs < SHOWN_MS).map(({ id }) => id));
  const shown = newest
    .slice(-MAX_LINES * 4)
    .filter((message) => !message.system && !message.isRemoved && (isWriting || fresh.has(message.id)))
    .slice(-MAX_LINES);
  return (
    <ol aria-label="Chat over the film" className="grid justify-items-start gap-1">
      {shown.map((message) => (
        <li key={message.id} className="film-line rise max-w-full rounded-control px-3 py-1 text-label">
          <p className="line-clamp-2">
            <Name subjectId={message.authorId} fallback={message.authorName} />{' '}
            <MessageText text={message.text} mentions={message.mentions} plain />
          </p>
        </li>
      ))}
    </ol>
  );
}

function Name({ subjectId, fallback }: { subjectId: string; fallback: string }) {
  const name = useRoom((room) => members.select.nameOf(room, subjectId));
  return <b className="font-semibold">{name || fallback}</b>;
}
