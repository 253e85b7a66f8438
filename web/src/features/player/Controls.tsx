import {
  Activity,
  FastForward,
  Fullscreen,
  Pause,
  Play,
  RectangleHorizontal,
  Rewind,
  SkipForward,
  StepBack,
  StepForward,
  Volume1,
  Volume2,
  VolumeX,
} from 'lucide-react';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { IconButton } from '../../ui/Button';
import { Slider } from '../../ui/Slider';
import { toggleFullscreen } from './fullscreen';
import { SeekBar } from './SeekBar';
import { SpeedMenu } from './SpeedMenu';
import { SyncChip } from './SyncChip';
import { toggleSound } from './toggleSound';
import { useVolume } from './volume';

interface Props {
  theatre: boolean;
  onTheatre: () => void;
  details: boolean;
  onDetails: () => void;
}

export const JUMP_MS = 10_000;

export function Controls({ theatre, onTheatre, details, onDetails }: Props) {
  const session = useRoomSession();
  const { commands } = session;
  const mayControl = useMay('PERMISSION_PLAY_CONTROL');
  const mayChoose = useMay('PERMISSION_CHANGE_CURRENT_MEDIA');
  const playing = useRoom(select.playback.isPlaying);
  const whyNot = useRoom(select.playlist.whyNoJumps);
  const mayJump = mayControl && !whyNot;
  const isLast = useRoom(select.playlist.isLast);

  return (
    <div role="group" aria-label="Player" className="glass-over rounded-2xl px-2 pt-1 pb-1.5 sm:px-3">
      <SeekBar disabled={!mayJump} onSeek={(ms) => void commands.seek(ms)} />
      {whyNot && <p className="px-1 text-xs text-white/75">{whyNot}</p>}
      <div className="flex items-center sm:gap-0.5">
        <IconButton
          label={playing ? 'Pause' : 'Play'}
          shortcut="K"
          disabled={!mayControl}
          onClick={() => void commands.toggle()}
        >
          {playing ? <Pause size={22} fill="currentColor" /> : <Play size={22} fill="currentColor" />}
        </IconButton>
        <IconButton
          label="Back 10 seconds"
          shortcut="J"
          disabled={!mayJump}
          onClick={() => void commands.seekBy(-JUMP_MS)}
        >
          <Rewind size={19} />
        </IconButton>
        {!playing && (
          <>
            <IconButton
              label="Back one frame"
              shortcut=","
              disabled={!mayJump}
              onClick={() => void commands.stepFrame(-1)}
              className="max-sm:hidden"
            >
              <StepBack size={18} />
            </IconButton>
            <IconButton
              label="Forward one frame"
              shortcut="."
              disabled={!mayJump}
              onClick={() => void commands.stepFrame(1)}
              className="max-sm:hidden"
            >
              <StepForward size={18} />
            </IconButton>
          </>
        )}
        <IconButton
          label="Forward 10 seconds"
          shortcut="L"
          disabled={!mayJump}
          onClick={() => void commands.seekBy(JUMP_MS)}
        >
          <FastForward size={19} />
        </IconButton>
        {!isLast && (
          <IconButton
            label="Next video"
            disabled={!mayChoose}
            onClick={() => void commands.next()}
            className="max-sm:hidden"
          >
            <SkipForward size={19} />
          </IconButton>
        )}
        <VolumeControl />
        <div className="grow" />
        <SyncChip />
        <IconButton
          label="Sync details"
          aria-pressed={details}
          onClick={onDetails}
          className={details ? 'bg-white/15' : ''}
        >
          <Activity size={18} />
        </IconButton>
        <SpeedMenu className="[&>option]:bg-[#14172b]" />
        <IconButton
          label="Theater mode"
          shortcut="T"
          aria-pressed={theatre}
          onClick={onTheatre}
          className="max-lg:hidden"
        >
          <RectangleHorizontal size={19} />
        </IconButton>
        <IconButton
          label="Full screen"
          shortcut="F"
          onClick={(event) => toggleFullscreen(event.currentTarget.closest<HTMLElement>('.over-video'))}
        >
          <Fullscreen size={20} />
        </IconButton>
      </div>
    </div>
  );
}

function VolumeControl() {
  const session = useRoomSession();
  const { volume, muted, setVolume } = useVolume();
  const silent = useRoom((room) => muted || select.player.isSilenced(room));
  const heard = silent ? 0 : volume;
  const change = (wanted: number) => {
    session.unlock();
    setVolume(wanted);
  };
  const Icon = heard === 0 ? VolumeX : heard < 0.5 ? Volume1 : Volume2;
  return (
    <div className="flex items-center">
      <IconButton label={silent ? 'Unmute' : 'Mute'} shortcut="M" onClick={() => toggleSound(session)}>
        <Icon size={20} />
      </IconButton>
      <Slider
        label="Volume, for you"
        value={heard}
        max={1}
        step={0.05}
        onChange={(event) => change(Number(event.target.value))}
        className="w-20 max-md:hidden"
      />
    </div>
  );
}
