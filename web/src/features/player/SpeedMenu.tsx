import { RATES } from '../../room/commands';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';

/** The room's speed. Includes a speed that is not on the list, which another client may have set. */
export function SpeedMenu({ className }: { className?: string }) {
  const session = useRoomSession();
  const mayControl = useMay('PERMISSION_PLAY_CONTROL');
  const rate = useRoom(select.playback.rate);
  const rates = RATES.includes(rate) ? RATES : [...RATES, rate].toSorted((a, b) => a - b);
  return (
    <select
      aria-label="Speed, for everyone"
      title="Speed, for everyone (< >)"
      disabled={!mayControl}
      value={rate}
      onChange={(event) => void session.commands.setRate(Number(event.target.value))}
      className={cx(
        'h-10 appearance-none rounded-xl bg-transparent px-2 text-center text-sm font-semibold hover:bg-white/10 disabled:opacity-45',
        className,
      )}
    >
      {rates.map((value) => (
        <option key={value} value={value}>
          {value}×
        </option>
      ))}
    </select>
  );
}
