import { SlidersHorizontal } from 'lucide-react';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Popover } from '../../ui/Popover';
import { QualityChoice } from './QualityChoice';
import { SpeedMenu } from './SpeedMenu';
import { TrackChoice } from './TrackChoice';
import { useChoices } from './useChoices';
import { usePlayerGates } from './usePlayerGates';

/** What one changes less often: the room's speed, one's own quality and sound track, single frames. */
export function PlayMore() {
  const { commands } = useRoomSession();
  const { mayJump } = usePlayerGates();
  const playing = useRoom(select.playback.isPlaying);
  const sounds = useChoices('audio').options;
  return (
    <Popover label="Playback options" icon={<SlidersHorizontal size={20} />}>
      <div className="grid gap-3">
        <SpeedMenu />
        <QualityChoice />
        {sounds.length > 0 && <TrackChoice kind="audio" />}
        <div className="grid gap-1.5">
          <p className="px-1 text-label text-soft">One frame, while paused</p>
          <div className="grid grid-cols-2 gap-1.5">
            <Button
              size="sm"
              className="px-1!"
              aria-disabled={!mayJump || playing}
              onClick={() => void commands.stepFrame(-1)}
            >
              Back one frame
            </Button>
            <Button
              size="sm"
              className="px-1!"
              aria-disabled={!mayJump || playing}
              onClick={() => void commands.stepFrame(1)}
            >
              Forward one frame
            </Button>
          </div>
        </div>
      </div>
    </Popover>
  );
}
