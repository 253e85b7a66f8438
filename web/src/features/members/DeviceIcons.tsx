import { MessageSquareText, MonitorPlay, Smartphone } from 'lucide-react';
import { modeOf, type Person } from '../../room/people';

const KINDS = {
  SESSION_MODE_FULL: { label: 'watching', Icon: MonitorPlay },
  SESSION_MODE_CHAT_ONLY: { label: 'chat only', Icon: MessageSquareText },
  SESSION_MODE_REMOTE_ONLY: { label: 'remote control', Icon: Smartphone },
} as const;

/** An icon for each device, unless the person only watches on one device. */
export function DeviceIcons({ person }: { person: Person }) {
  const kinds = person.devices.map((device) => modeOf(device));
  if (kinds.length === 1 && kinds[0] === 'SESSION_MODE_FULL') return null;
  const label = kinds.map((kind) => KINDS[kind].label).join(', ');
  return (
    <span
      role="img"
      aria-label={`${kinds.length === 1 ? 'Device' : `${kinds.length} devices`}: ${label}`}
      title={label}
      className="flex shrink-0 gap-1 text-faint"
    >
      {kinds.slice(0, 5).map((kind, i) => {
        const { Icon } = KINDS[kind];
        return <Icon key={`${person.devices[i]?.id}`} size={14} aria-hidden />;
      })}
    </span>
  );
}
