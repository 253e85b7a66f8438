import { Dot } from '../../ui/Chip';
import { memberStatus } from '../members/status';
import { signedMs } from '../quality/words';
import { useRoom } from '../room/context';

export function SyncChip() {
  const state = useRoom((room) => room.player?.state);
  const driftMs = useRoom((room) => room.player?.driftMs ?? null);
  const { label, tone } = memberStatus(state);
  return (
    <span className="flex items-center gap-2 px-1.5 text-xs font-semibold whitespace-nowrap sm:px-2">
      <Dot tone={tone} />
      <span className="hidden sm:inline">{label}</span>
      {driftMs !== null && <span className="tabular-nums opacity-75 max-sm:hidden">{signedMs(driftMs)}</span>}
    </span>
  );
}
