import { useEffect, useState } from 'react';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';

/** Marks messages as read while the person looks at the end of the list, and remembers where they looked away. */
export function useReading(isEndShown: boolean): void {
  const session = useRoomSession();
  const isVisible = useIsVisible();
  const newest = useRoom(select.chat.newest);
  const isLooking = isEndShown && isVisible;
  useEffect(() => {
    if (!isLooking) return;
    return () => session.history.lookedAway();
  }, [session, isLooking]);
  useEffect(() => {
    if (isLooking) session.history.readAll();
  }, [session, isLooking, newest]);
}

export function useIsVisible(): boolean {
  const [isVisible, setIsVisible] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setIsVisible(!document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return isVisible;
}
