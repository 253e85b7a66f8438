import { useEffect, useState } from 'react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import type { RoomNews } from '../../ui/RoomToast';

const SHOWN_MS = 3_500;

/** What someone just did, for a moment. */
export function useLastAction(): RoomNews | null {
  const lastAction = useRoom(select.playback.lastAction);
  const [seenSeq, setSeenSeq] = useState(0);
  useEffect(() => {
    if (!lastAction) return;
    const timer = setTimeout(() => setSeenSeq(lastAction.seq), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [lastAction]);
  return lastAction && lastAction.seq > seenSeq ? { key: `action ${lastAction.seq}`, text: lastAction.text } : null;
}
