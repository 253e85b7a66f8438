import { signedMs } from '../../room/format';
import { useRoom } from '../../room/hooks';
import { ownStatus } from '../../room/status';
import { select } from '../../room/store';
import { Dot } from '../../ui/Chip';

/** The skew of this player. Without a connection the skew is unknown, and not shown. */
export function SyncChip() {
  const connection = useRoom(select.connection.status);
  const state = useRoom(select.player.state);
  const driftMs = useRoom(select.player.driftMs);
  const { label, tone } = ownStatus({ connection, state });
  const stale = connection === 'offline';
  return (
    <span
      data-testid="sync"
      title={stale ? 'You see the room’s last known state.' : undefined}
      className="flex items-center gap-2 px-1.5 text-xs font-semibold whitespace-nowrap sm:px-2"
    >
      <Dot tone={tone} />
      <span className="sr-only sm:not-sr-only">{label}</span>
      {driftMs !== null && <span className="tabular-nums opacity-75 max-sm:hidden">{signedMs(driftMs)}</span>}
    </span>
  );
}
