import { Activity, Fullscreen, Pause, Play, RectangleHorizontal, SkipForward, Undo2, Volume1, Volume2, VolumeX } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../ui/Button';
import { Slider } from '../../ui/Slider';
import { useMay, useRoom, useRoomSession } from '../room/context';
import { clockTime } from '../room/state';
import { toggleFullscreen } from './fullscreen';
import { SeekBar } from './SeekBar';
import { SyncChip } from './SyncChip';
import { useVolume } from './volume';

interface Props {
  theatre: boolean;
  onTheatre: () => void;
  details: boolean;
  onDetails: () => void;
}

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];
const UNDO_MS = 10_000;

export function Controls({ theatre, onTheatre, details, onDetails }: Props) {
  const session = useRoomSession();
  const mayControl = useMay('PERMISSION_PLAY_CONTROL');
  const mayChoose = useMay('PERMISSION_CHANGE_CURRENT_MEDIA');
  const playing = useRoom((state) => state.motion.playing);
  const rate = useRoom((state) => state.motion.rate);
  const isLast = useRoom((state) => state.playlist.at(-1)?.id === state.motion.itemId);
  const [undo, setUndo] = useState<{ ms: number; timer: ReturnType<typeof setTimeout> } | null>(null);

  const seek = (toMs: number) => {
    const fromMs = session.roomPositionMs();
    if (fromMs !== null && Math.abs(toMs - fromMs) > 15_000) {
      clearTimeout(undo?.timer);
      setUndo({ ms: fromMs, timer: setTimeout(() => setUndo(null), UNDO_MS) });
    }
    void session.seek(toMs);
  };

  return (
    <div role="group" aria-label="Player" className="glass-over rounded-2xl px-2 pt-1 pb-1.5 sm:px-3">
      {undo && (
        <button
          type="button"
          className="glass-over rise absolute -top-9 left-3 flex items-center gap-2 rounded-full px-3 py-1.5 text-sm font-semibold"
          onClick={() => {
            setUndo(null);
            void session.seek(undo.ms);
          }}
        >
          <Undo2 size={15} aria-hidden />
          Back to {clockTime(undo.ms)}
        </button>
      )}
      <SeekBar disabled={!mayControl} onSeek={seek} />
      <div className="flex items-center gap-0.5">
        <IconButton label={playing ? 'Pause' : 'Play'} shortcut="K" disabled={!mayControl} onClick={() => void session.toggle()}>
          {playing ? <Pause size={22} fill="currentColor" /> : <Play size={22} fill="currentColor" />}
        </IconButton>
        {!isLast && (
          <IconButton label="Next video" disabled={!mayChoose} onClick={() => void session.next()} className="max-sm:hidden">
            <SkipForward size={19} />
          </IconButton>
        )}
        <VolumeControl />
        <div className="grow" />
        <SyncChip />
        <IconButton label="Sync details" aria-pressed={details} onClick={onDetails} className={details ? 'bg-white/15' : ''}>
          <Activity size={18} />
        </IconButton>
        <select
          aria-label="Speed, for everyone"
          disabled={!mayControl}
          value={rate}
          onChange={(event) => void session.setRate(Number(event.target.value))}
          className="h-9 appearance-none rounded-xl bg-transparent px-2 text-center text-sm font-semibold hover:bg-white/10 max-sm:hidden [&>option]:bg-[#14172b]"
        >
          {(RATES.includes(rate) ? RATES : [...RATES, rate].toSorted((a, b) => a - b)).map((value) => (
            <option key={value} value={value}>
              {value}×
            </option>
          ))}
        </select>
        <IconButton label="Wide picture" shortcut="T" aria-pressed={theatre} onClick={onTheatre} className="max-lg:hidden">
          <RectangleHorizontal size={19} />
        </IconButton>
        <IconButton label="Full screen" shortcut="F" onClick={(event) => toggleFullscreen(event.currentTarget.closest<HTMLElement>('.over-video'))}>
          <Fullscreen size={20} />
        </IconButton>
      </div>
    </div>
  );
}

function VolumeControl() {
  const { volume, muted, setVolume, toggleMuted } = useVolume();
  const heard = muted ? 0 : volume;
  const Icon = heard === 0 ? VolumeX : heard < 0.5 ? Volume1 : Volume2;
  return (
    <div className="flex items-center">
      <IconButton label={muted ? 'Sound on' : 'Sound off'} shortcut="M" onClick={toggleMuted}>
        <Icon size={20} />
      </IconButton>
      <Slider label="Volume, for you" value={heard} max={1} step={0.05} onChange={(event) => setVolume(Number(event.target.value))} className="w-20 max-sm:hidden" />
    </div>
  );
}
