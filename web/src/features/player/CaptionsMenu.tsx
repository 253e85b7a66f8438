import { Captions } from 'lucide-react';
import { Popover } from '../../ui/Popover';
import { TrackChoice } from './TrackChoice';
import { useChoices } from './useChoices';

/** The subtitles of this person. Absent where the item has none. */
export function CaptionsMenu() {
  const { options, chosen } = useChoices('subtitles');
  if (options.length === 0) return null;
  return (
    <Popover label="Captions, for you" icon={<Captions size={21} />} pressed={chosen !== null}>
      <TrackChoice kind="subtitles" />
    </Popover>
  );
}
