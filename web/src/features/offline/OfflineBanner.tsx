import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Notice } from '../../ui/Notice';
import { useNetwork } from './useNetwork';

/** A shorter interruption is not shown. */
const AFTER_MS = 700;

/** Case R6: says that the connection is lost. `overFilm`: for full screen, where only the stage is visible. */
export function OfflineBanner({ overFilm = false }: { overFilm?: boolean }) {
  const offline = useRoom(select.connection.isOffline);
  if (!offline) return null;
  return overFilm ? <OverFilm /> : <AboveRoom />;
}

function AboveRoom() {
  const shown = useLasting();
  const text = useText();
  const waiting = useRoom(select.chat.waitingCount);
  if (!shown) return null;
  return (
    <div className="rise px-2 pb-2 sm:px-3">
      <Notice tone="warn" icon={<WifiOff size={18} className="shrink-0 text-warn" aria-hidden />}>
        {text} This is the room’s last known state. Controls don’t reach it until you’re back; messages are sent then.
        {waiting > 0 && ` ${waiting === 1 ? 'One message is' : `${waiting} messages are`} waiting.`}
      </Notice>
    </div>
  );
}

function OverFilm() {
  const shown = useLasting();
  const text = useText();
  if (!shown) return null;
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute inset-x-0 top-14 z-10 hidden justify-center px-3 [:fullscreen_&]:flex"
    >
      <span className="glass-over rise flex items-center gap-2.5 rounded-full px-4 py-1.5 text-sm font-medium">
        <WifiOff size={16} className="shrink-0" />
        {text}
      </span>
    </div>
  );
}

function useText(): string {
  const network = useNetwork();
  const joined = useRoom(select.connection.wasOnline);
  if (!network) return 'You’re offline.';
  return joined ? 'Connection lost. Reconnecting…' : 'Can’t reach the room. Trying again…';
}

function useLasting(): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLasting(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return lasting;
}
