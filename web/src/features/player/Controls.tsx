import {
  FastForward,
  Fullscreen,
  Pause,
  PictureInPicture2,
  Play,
  Rewind,
  SkipForward,
  Volume1,
  Volume2,
  VolumeX,
} from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { IconButton } from '../../ui/Button';
import { bendBehind } from '../../ui/lens';
import { Slider } from '../../ui/Slider';
import { CaptionsMenu } from './CaptionsMenu';
import { toggleFullscreen } from './fullscreen';
import { PlayMore } from './PlayMore';
import { canPopOut, togglePopOut } from './popOut';
import { SeekBar } from './SeekBar';
import { SyncChip } from './SyncChip';
import { toggleSound } from './toggleSound';
import { usePlayerGates } from './usePlayerGates';
import { useVolume } from './volume';

interface Props {
  /** Lies over the film, and bends it. */
  bends: boolean;
  details: boolean;
  onDetails: () => void;
}

export const JUMP_MS = 10_000;

/** Left of the chip is what acts on the room, right of it what acts on oneself. */
export function Controls({ bends, details, onDetails }: Props) {
  const session = useRoomSession();
  const { commands } = session;
  const bar = useRef<HTMLDivElement>(null);
  const { mayControl, mayJump, mayChoose, whyNoJumps } = usePlayerGates();
  const playing = useRoom(select.playback.isPlaying);
  const isLast = useRoom(select.playlist.isLast);
  useEffect(() => (bends && bar.current ? bendBehind(bar.current) : undefined), [bends]);

  return (
    <div
      ref={bar}
      role="group"
      aria-label="Player"
      className="glass-over rim relative grid gap-0.5 rounded-[24px] px-3 pt-2.5 pb-2 phone:rounded-[18px] phone:px-1.5 phone:pt-1 phone:pb-0.5 sideways:pt-1 sideways:pb-0.5"
    >
      <SeekBar mayJump={mayJump} onSeek={(ms) => void commands.seek(ms)} />
      {whyNoJumps && <p className="px-2 text-small text-white/80">{whyNoJumps}</p>}
      <div className="flex items-center gap-0.5 phone:gap-0">
        <IconButton
          label={playing ? 'Pause' : 'Play'}
          shortcut="K"
          aria-disabled={!mayControl}
          onClick={() => void commands.toggle()}
        >
          {playing ? <Pause size={25} fill="currentColor" /> : <Play size={25} fill="currentColor" />}
        </IconButton>
        <IconButton
          label="Back 10 seconds"
          shortcut="J"
          aria-disabled={!mayJump}
          onClick={() => void commands.seekBy(-JUMP_MS)}
        >
          <Rewind size={20} />
        </IconButton>
        <IconButton
          label="Forward 10 seconds"
          shortcut="L"
          aria-disabled={!mayJump}
          onClick={() => void commands.seekBy(JUMP_MS)}
        >
          <FastForward size={20} />
        </IconButton>
        {!isLast && (
          <IconButton
            label="Next video"
            aria-disabled={!mayChoose}
            onClick={() => void commands.next()}
            className="phone:hidden"
          >
            <SkipForward size={20} fill="currentColor" />
          </IconButton>
        )}
        <VolumeControl />
        <SyncChip details={details} onDetails={onDetails} />
        <div className="min-w-0 grow" />
        {bends && <CaptionsMenu />}
        <PlayMore />
        {canPopOut() && bends && (
          <IconButton
            label="Picture in picture, for you"
            onClick={(event) => togglePopOut(stageOf(event.currentTarget))}
            className="max-[1100px]:hidden"
          >
            <PictureInPicture2 size={20} />
          </IconButton>
        )}
        <IconButton
          label="Full screen"
          shortcut="F"
          onClick={(event) => toggleFullscreen(stageOf(event.currentTarget))}
        >
          <Fullscreen size={20} />
        </IconButton>
      </div>
    </div>
  );
}

function stageOf(element: HTMLElement): HTMLElement | null {
  return element.closest<HTMLElement>('.over-video');
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
        <Icon size={21} />
      </IconButton>
      <Slider
        label="Volume, for you"
        value={heard}
        max={1}
        step={0.05}
        onChange={(event) => change(Number(event.target.value))}
        className="mr-2 w-18 [--slider-on:#fff] max-[1100px]:hidden"
      />
    </div>
  );
}
