import { RATES } from '../../room/commands';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Select } from '../../ui/Select';
import { usePlayerGates } from './usePlayerGates';

/** The room's speed. Includes a speed that is not on the list, which another client may have set. */
export function SpeedMenu() {
  const session = useRoomSession();
  const { mayControl } = usePlayerGates();
  const rate = useRoom(select.playback.rate);
  const rates = RATES.includes(rate) ? RATES : [...RATES, rate].toSorted((a, b) => a - b);
  return (
    <Select
      label="Speed, for everyone"
      title="Speed, for everyone (< >)"
      aria-disabled={!mayControl}
      value={rate}
      onChange={(event) => void session.commands.setRate(Number(event.target.value))}
    >
      {rates.map((value) => (
        <option key={value} value={value}>
          {value === 1 ? '1× (normal)' : `${value}×`}
        </option>
      ))}
    </Select>
  );
}
