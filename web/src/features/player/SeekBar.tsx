import { type PointerEvent, useEffect, useState } from 'react';
import { clockTime } from '../../room/format';
import { useRoom, useRoomSession } from '../../room/hooks';
import type { Chapter } from '../../room/mediaFacts';
import { select } from '../../room/store';
import { Slider } from '../../ui/Slider';
import type { Tile } from './storyboard';
import { useStoryboard } from './useStoryboard';

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
  const [pointed, setPointed] = useState<Place | null>(null);
  const shownMs = draggedMs ?? atMs;
  const preview = previewOf(pointed, draggedMs, durationMs);
  const tileOf = useStoryboard(preview !== null);
  const tile = preview && tileOf(preview.ms);
  const chapters = useRoom((room) => select.player.menu(room)?.chapters) ?? NO_CHAPTERS;
  const chapter = preview && chapters.findLast(({ startMs }) => startMs <= preview.ms)?.title;

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
        {durationMs !== null &&
          chapters
            .filter(({ startMs }) => startMs > 0 && startMs < durationMs)
            .map(({ startMs }) => (
              <span
                key={startMs}
                aria-hidden
                className="pointer-events-none absolute top-1/2 h-1.5 w-0.75 -translate-1/2 bg-black/70"
                style={{ left: `${(startMs / durationMs) * 100}%` }}
              />
            ))}
        {preview && (
          <span
            aria-hidden
            className="pointer-events-none absolute bottom-full mb-1.5 grid -translate-x-1/2 justify-items-center gap-1"
            // A picture at either end stays on the bar.
            style={{ left: tile ? `clamp(80px, ${preview.at * 100}%, 100% - 80px)` : `${preview.at * 100}%` }}
          >
            {tile && <Picture tile={tile} />}
            <span className="max-w-60 truncate rounded-lg bg-black/75 px-2 py-0.5 text-white">
              {[clockTime(preview.ms), chapter].filter(Boolean).join(' · ')}
            </span>
          </span>
        )}
      </span>
      <span>{durationMs === null ? '–:––' : clockTime(durationMs)}</span>
    </div>
  );
}

/** A moment of the film, and where on the bar it is, from 0 to 1. */
interface Place {
  at: number;
  ms: number;
}

/** What is shown above the bar: the place under the pointer, else the one to which the thumb is dragged. */
function previewOf(pointed: Place | null, draggedMs: number | null, durationMs: number | null): Place | null {
  if (pointed || draggedMs === null || !durationMs) return pointed;
  return { at: Math.min(1, draggedMs / durationMs), ms: draggedMs };
}

const NO_CHAPTERS: readonly Chapter[] = [];

/** At most so wide, whatever the size of the tile. */
const PICTURE_PX = 160;

function Picture({ tile: { url, x, y, width, height } }: { tile: Tile }) {
  const scale = PICTURE_PX / width;
  return (
    <span
      data-testid="storyboard"
      className="block overflow-hidden rounded-lg bg-black shadow-[0_6px_20px_var(--shade-far)]"
      style={{ width: PICTURE_PX, height: Math.round(height * scale) }}
    >
      <span
        className="block origin-top-left"
        style={{
          width,
          height,
          background: `url("${url}") -${x}px -${y}px`,
          transform: `scale(${scale})`,
        }}
      />
    </span>
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
