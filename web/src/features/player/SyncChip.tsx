import { shortMs } from '../../room/format';
import { useRoom } from '../../room/hooks';
import { ownStatus, type Status } from '../../room/status';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';

const TONES: Readonly<Record<Status['tone'], string>> = {
  good: 'bg-good/14 text-[#b9f5dc]',
  warn: 'bg-warn/16 text-[#ffe0ad]',
  bad: 'bg-bad/16 text-[#ffd0d0]',
  plain: 'bg-white/12 text-white/85',
};
const DOTS: Readonly<Record<Status['tone'], string>> = {
  good: 'bg-good shadow-[0_0_10px_var(--good)]',
  warn: 'bg-warn',
  bad: 'bg-bad',
  plain: 'bg-white/60',
};

/**
 * How far this player is from the room, and its state in words where there is no figure. Without a connection the figure
 * is unknown, and not shown. A press opens the figures.
 */
export function SyncChip({ details, onDetails }: { details: boolean; onDetails: () => void }) {
  const connection = useRoom(select.connection.status);
  const state = useRoom(select.player.state);
  const driftMs = useRoom(select.player.driftMs);
  const { label, tone } = ownStatus({ connection, state });
  const figure = tone === 'good' && driftMs !== null ? wholeMs(Math.abs(driftMs)) : null;
  return (
    <button
      type="button"
      data-testid="sync"
      aria-pressed={details}
      title={connection === 'offline' ? 'You see the room’s last known state.' : 'How far apart the players are'}
      onClick={onDetails}
      className={cx(
        'hit ml-1 inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-small font-semibold whitespace-nowrap tabular-nums',
        TONES[tone],
      )}
    >
      <span aria-hidden className={cx('size-[7px] rounded-full', DOTS[tone])} />
      <span className="sr-only">Sync details: </span>
      <span className={cx(figure !== null && 'sr-only', 'max-[480px]:sr-only')}>{label}</span>
      {figure !== null && <span>{figure}</span>}
    </button>
  );
}

function wholeMs(ms: number): string {
  return ms >= 1_000 ? shortMs(ms) : `${Math.round(ms)} ms`;
}
