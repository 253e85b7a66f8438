import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { useTracks } from '../../room/tracks';
import { Select } from '../../ui/Select';

/** The quality of a stream, for this person. Absent where there is one only. */
export function QualityChoice() {
  const menu = useRoom(select.player.menu);
  const { maxHeight, setMaxHeight } = useTracks();
  if (!menu || menu.qualities.length < 2) return null;
  const heights = menu.qualities.map(({ height }) => height);
  // What was chosen for another film, which may not be here.
  const shown = maxHeight === null || heights.includes(maxHeight) ? heights : [maxHeight, ...heights];
  const auto = maxHeight === null && menu.height !== null ? `Automatic (now ${menu.height}p)` : 'Automatic';
  return (
    <Select
      label="Quality, for you"
      value={maxHeight ?? ''}
      onChange={(event) => setMaxHeight(event.target.value ? Number(event.target.value) : null)}
    >
      <option value="">{auto}</option>
      {shown
        .toSorted((a, b) => b - a)
        .map((height) => (
          <option key={height} value={height}>
            {heights.includes(height) ? `${height}p` : `Up to ${height}p`}
          </option>
        ))}
    </Select>
  );
}
