import { Captions } from 'lucide-react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { chosenTrack, ofKind, useTracks } from '../../room/tracks';
import { Popover } from '../../ui/Popover';
import { TrackChoice } from './TrackChoice';

/** The subtitles of this person. Absent where the item has none. */
export function CaptionsMenu() {
  const tracks = useRoom((room) => select.playlist.current(room)?.tracks);
  const key = useTracks((state) => state.subtitles.key);
  if (!tracks || ofKind(tracks, 'subtitles').length === 0) return null;
  return (
    <Popover
      label="Captions, for you"
      icon={<Captions size={21} />}
      pressed={chosenTrack(tracks, 'subtitles', key) !== null}
    >
      <TrackChoice kind="subtitles" tracks={tracks} />
    </Popover>
  );
}
