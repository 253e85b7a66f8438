import { type PointerEvent, useEffect, useState } from 'react';
import { clockTime } from '../../room/format';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Slider } from '../../ui/Slider';

const REFRESH_MS = 200;
/** More steps than the bar has pixels on usual screens. */
const MAX_STEPS = 2_000;

interface Props {
  /** Without it a jump is still asked of the server, whose refusal is explained. */
  mayJump: boolean;
  onSeek: (ms: number) => void;
}

export function SeekBar({ mayJump, onSeek }: Props) {
  const atMs = useRoomPosition();
  const session = useRoomSession();
  const durationMs = useRoom(() => session.durationMs());
  const bufferedMs = useRoom(select.player.bufferedMs);
  const [draggedMs, setDraggedMs] = useState<number | null>(null);
  const [pointed, setPointed] = useState<{ at: number; ms: number } | null>(null);
  const shownMs = draggedMs ?? atMs;

  const commit = () => {
    if (draggedMs === null) return;
    onSeek(draggedMs);
    setDraggedMs(null);
  };

  /** The time under the pointer, before anything is pressed. */
  const point = (event: PointerEvent<HTMLInputElement>) => {
    if (durationMs === null || event.pointerType !== 'mouse') return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const at = Math.max(0, Math.min(1, (event.clientX - left) / width));
    setPointed({ at, ms: at * durationMs });
  };

  return (
    <div className="flex items-center gap-3 px-2 pt-0.5 text-small text-[#f6f3ee]/86 tabular-nums phone:px-1.5">
      <span data-testid="position">{clockTime(shownMs)}</span>
      <span className="relative flex grow">
        <Slider
          label="Position, for everyone"
          data-seek=""
          className="w-full [--slider-height:6px]"
          disabled={durationMs === null}
          aria-disabled={!mayJump}
          value={shownMs}
          max={durationMs ?? 1}
          ahead={atMs + bufferedMs}
          step={100}
          aria-valuetext={`${clockTime(shownMs)} of ${durationMs === null ? 'unknown' : clockTime(durationMs)}`}
          onChange={(event) => setDraggedMs(Number(event.target.value))}
          onPointerMove={point}
          onPointerLeave={() => setPointed(null)}
          onPointerUp={commit}
          onKeyUp={commit}
          onBlur={commit}
        />
        {pointed && (
          <span
            aria-hidden
            className="pointer-events-none absolute bottom-full mb-1.5 -translate-x-1/2 rounded-lg bg-black/75 px-2 py-0.5 text-white"
            style={{ left: `${pointed.at * 100}%` }}
          >
            {clockTime(pointed.ms)}
          </span>
        )}
      </span>
      <span>{durationMs === null ? '–:––' : clockTime(durationMs)}</span>
    </div>
  );
}

function useRoomPosition(): number {
  const session = useRoomSession();
  const seq = useRoom(select.playback.seq);
  const [atMs, setAtMs] = useState(0);
  useEffect(() => {
    // Repaint only when the thumb or the seconds change.
    const read = () => {
      const stepMs = Math.min(1_000, Math.max(1, (session.durationMs() ?? 0) / MAX_STEPS));
      setAtMs(Math.floor((session.roomPositionMs() ?? 0) / stepMs) * stepMs);
    };
    read();
    const timer = setInterval(read, REFRESH_MS);
    return () => clearInterval(timer);
  }, [session, seq]);
  return atMs;
}
