import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import type { RoomNews } from '../../ui/RoomToast';
import { useNetwork } from './useNetwork';

/** A shorter interruption is not shown. */
const AFTER_MS = 700;

/** Case R6: says that the connection is lost. */
export function useOfflineNews(): RoomNews | null {
  const offline = useRoom(select.connection.isOffline);
  const lasting = useLasting(offline);
  const network = useNetwork();
  const joined = useRoom(select.connection.wasOnline);
  const waiting = useRoom(select.chat.waitingCount);
  if (!offline || !lasting) return null;
  const wait = waiting === 0 ? '' : ` ${waiting === 1 ? 'One message is' : `${waiting} messages are`} waiting.`;
  return {
    key: 'offline',
    icon: <WifiOff size={18} aria-hidden className="shrink-0 text-warn" />,
    text: !network
      ? 'You’re offline.'
      : joined
        ? 'Connection lost. Reconnecting…'
        : 'Can’t reach the room. Trying again…',
    detail: `This is the room’s last known state. Controls don’t reach it until you’re back; messages are sent then.${wait}`,
  };
}

function useLasting(offline: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!offline) {
      setLasting(false);
      return;
    }
    const timer = setTimeout(() => setLasting(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, [offline]);
  return lasting;
}
