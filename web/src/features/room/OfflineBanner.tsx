import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Notice } from '../../ui/Notice';
import { useRoom } from './context';

/** A connection that is only made anew is no news. */
const AFTER_MS = 700;

export function OfflineBanner() {
  const offline = useRoom((state) => state.status === 'offline');
  return offline ? <Offline /> : null;
}

function Offline() {
  const waiting = useRoom((state) => state.outbox.length);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div className="rise px-2 pb-2 sm:px-3">
      <Notice tone="warn" icon={<WifiOff size={18} className="shrink-0 text-warn" aria-hidden />}>
        Connecting again. The video goes on, and nothing is lost.
        {waiting > 0 && ` ${waiting === 1 ? 'One message waits' : `${waiting} messages wait`} to be sent.`}
      </Notice>
    </div>
  );
}
