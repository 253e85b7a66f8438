import { useEffect, useState } from 'react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';

/** Who is typing. The line is always there, so that the layout does not jump. */
export function TypingLine() {
  const typing = useRoom(select.chat.typing);
  const [nowMs, setNowMs] = useState(0);
  useEffect(() => {
    setNowMs(performance.now());
    if (!typing.length) return;
    const timer = setInterval(() => setNowMs(performance.now()), 1_000);
    return () => clearInterval(timer);
  }, [typing]);
  const names = typing.filter((t) => t.untilMs > nowMs).map((t) => t.displayName);
  const who =
    names.length > 2
      ? 'Several people are'
      : names.length === 2
        ? `${names.join(' and ')} are`
        : names.length === 1
          ? `${names[0] ?? ''} is`
          : '';
  return <p className="h-5 truncate px-4 text-xs text-faint">{who && `${who} typing…`}</p>;
}
