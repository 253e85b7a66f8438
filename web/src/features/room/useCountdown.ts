import { useEffect, useState } from 'react';
import { useRoomSession } from './context';
import { secondsLeft } from './ownership';

const LOOK_EVERY_MS = 250;

/** Whole seconds until an instant of the server's clock; 0 once it is over. */
export function useCountdown(untilServerMs: number): number {
  const session = useRoomSession();
  const [left, setLeft] = useState(() => secondsLeft(untilServerMs, session.serverNowMs()));
  useEffect(() => {
    const read = () => {
      const now = secondsLeft(untilServerMs, session.serverNowMs());
      setLeft(now);
      if (now === 0) clearInterval(timer);
    };
    const timer = setInterval(read, LOOK_EVERY_MS);
    read();
    return () => clearInterval(timer);
  }, [session, untilServerMs]);
  return left;
}
