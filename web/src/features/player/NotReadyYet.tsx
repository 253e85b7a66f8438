import { useEffect, useState } from 'react';
import { useRoom } from '../../room/hooks';
import { preparationOf } from '../../room/preparation';
import { select } from '../../room/store';
import { Spinner } from '../../ui/Spinner';

const COUNT_EVERY_MS = 250;

/** An upload of which nothing can be played yet: why, and when it is tried again. */
export function NotReadyYet() {
  const title = useRoom(select.playlist.title);
  const againAtMs = useRoom(select.player.againAtMs);
  const item = useRoom(select.playlist.current);
  const seconds = useSecondsUntil(againAtMs);
  const why = preparationOf(item)?.text;
  return (
    <div className="rise absolute inset-0 z-10 flex flex-col items-center justify-center-safe gap-3 overflow-auto bg-cinema px-4 pt-20 pb-36 text-center text-[#f6f3ee] phone:py-14">
      <Spinner size={30} />
      <div role="status" className="grid gap-1.5">
        <h2 className="text-title">“{title}” isn’t ready yet</h2>
        {why && <p className="text-sm text-white/85">{why}</p>}
      </div>
      <p aria-hidden className="text-sm text-white/85 tabular-nums">
        {seconds > 0 ? `Trying again in ${seconds} s` : 'Trying again'}
      </p>
    </div>
  );
}

/** Counted by this device's own clock. */
function useSecondsUntil(untilMs: number | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const read = () => setLeft(untilMs === null ? 0 : Math.max(0, Math.ceil((untilMs - performance.now()) / 1000)));
    read();
    const timer = setInterval(read, COUNT_EVERY_MS);
    return () => clearInterval(timer);
  }, [untilMs]);
  return left;
}
