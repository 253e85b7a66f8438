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
  return (
    <p className="flex h-6 shrink-0 items-center gap-1.5 truncate px-4 text-small text-faint in-data-float:hidden">
      {names.length > 0 && (
        <>
          <span aria-hidden className="flex gap-1">
            <i className="size-[5px] rounded-full bg-current opacity-80" />
            <i className="size-[5px] rounded-full bg-current opacity-55" />
            <i className="size-[5px] rounded-full bg-current opacity-30" />
          </span>
          {who(names)} typing
        </>
      )}
    </p>
  );
}

function who(names: readonly string[]): string {
  if (names.length > 2) return 'Several people are';
  return names.length === 2 ? `${names.join(' and ')} are` : `${names[0] ?? ''} is`;
}
