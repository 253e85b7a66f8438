import { type ReactNode, type Ref, useEffect, useRef, useState } from 'react';
import { useRoom, useRoomSession } from '../../room/hooks';
import { serviceOf } from '../../room/player/source';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';
import { Controls } from './Controls';
import { EmbedStrip } from './EmbedStrip';
import { SoundCard } from './SoundCard';
import { StageOverlay } from './StageOverlay';
import { useMediaSession } from './useMediaSession';
import { useWakeLock } from './useWakeLock';
import { useVolume } from './volume';

interface Props {
  ref: Ref<HTMLDivElement>;
  theatre: boolean;
  onTheatre: () => void;
  details: boolean;
  onDetails: () => void;
  /** Adds the first film; shown while the room has no item. */
  addMedia: ReactNode;
  /** Shown over the film in full screen, where the rest of the page is hidden. */
  notice: ReactNode;
}

const HIDE_AFTER_MS = 2_800;

export function Stage({ ref, theatre, onTheatre, details, onDetails, addMedia, notice }: Props) {
  const session = useRoomSession();
  const picture = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const tap = useRef<'toggle' | 'hide' | 'show'>('toggle');
  const hasItem = useRoom(select.playback.hasItem);
  const playing = useRoom(select.playback.isMoving);
  const service = useRoom((room) => serviceOf(select.playlist.current(room)));
  const soundOnly = useRoom(select.playlist.isSoundOnly);
  const { volume, muted } = useVolume();
  // Without a picture the controls cover nothing, and stay.
  const { shown, wake, rest } = useIdle(playing && !soundOnly);
  useWakeLock(playing);
  useMediaSession();

  useEffect(
    () =>
      picture.current && frame.current ? session.attach({ picture: picture.current, frame: frame.current }) : undefined,
    [session],
  );
  useEffect(() => session.setVolume(volume, muted), [session, volume, muted]);

  /** A click plays or pauses, a tap shows or hides the controls. While the browser mutes the film, both unmute it. */
  const press = () => {
    if (select.player.isSilenced(session.store.getState())) session.unlock();
    else if (tap.current === 'toggle') void session.commands.toggle();
    else if (tap.current === 'hide') rest();
    else wake();
  };

  return (
    <div
      ref={ref}
      onPointerMove={wake}
      onPointerLeave={(event) => event.pointerType === 'mouse' && rest()}
      onFocus={wake}
      className={cx(
        'over-video group/stage relative aspect-video w-full shrink-0 overflow-hidden rounded-2xl bg-black shadow-[0_24px_60px_-24px_var(--shade)] sm:rounded-3xl',
        theatre ? 'max-h-[calc(100vh-5rem)]' : 'lg:aspect-auto lg:min-h-0 lg:shrink lg:grow',
        service ? 'flex flex-col' : hasItem && 'over-film',
        !shown && !service && 'cursor-none',
      )}
    >
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the play button and its keys do the same */}
      <div
        ref={picture}
        className={cx('absolute inset-0', (!hasItem || service) && 'invisible')}
        onPointerDown={(event) => {
          tap.current = event.pointerType === 'mouse' ? 'toggle' : shown ? 'hide' : 'show';
        }}
        onClick={press}
      />
      {soundOnly && <SoundCard />}
      {/* Services do not allow anything over their players, so there the controls stand below. */}
      <div ref={frame} className={service ? 'relative min-h-0 grow' : 'hidden'} />
      <StageOverlay service={service} addMedia={addMedia} />
      {notice}
      {hasItem && (
        <div
          className={
            service
              ? 'relative z-10 shrink-0 p-2'
              : cx(
                  'absolute inset-x-0 bottom-0 p-2 transition-opacity duration-300 sm:p-3',
                  shown ? 'opacity-100' : 'resting pointer-events-none opacity-0',
                )
          }
        >
          {service && <EmbedStrip service={service} />}
          <Controls theatre={theatre} onTheatre={onTheatre} details={details} onDetails={onDetails} />
        </div>
      )}
    </div>
  );
}

/** Hides the controls while a film plays and the pointer rests. */
function useIdle(playing: boolean): { shown: boolean; wake: () => void; rest: () => void } {
  const [idle, setIdle] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const wake = () => {
    setIdle(false);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIdle(true), HIDE_AFTER_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const rest = () => {
    clearTimeout(timer.current);
    setIdle(true);
  };
  return { shown: !idle || !playing, wake, rest };
}
