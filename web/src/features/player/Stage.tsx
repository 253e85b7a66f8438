import { type ReactNode, type Ref, useEffect, useRef, useState } from 'react';
import { useRoom, useRoomSession } from '../../room/hooks';
import { serviceOf } from '../../room/player/source';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';
import { type RoomNews, RoomToast } from '../../ui/RoomToast';
import { Controls } from './Controls';
import { EmbedStrip } from './EmbedStrip';
import { SoundCard } from './SoundCard';
import { StageOverlay } from './StageOverlay';
import { Subtitles } from './Subtitles';
import { useFilmLight } from './useFilmLight';
import { useMediaSession } from './useMediaSession';
import { useSilentFilm } from './useSilentFilm';
import { useSoundTrack } from './useSoundTrack';
import { useTrackNews } from './useTrackNews';
import { useWakeLock } from './useWakeLock';
import { useVolume } from './volume';

interface Props {
  ref: Ref<HTMLDivElement>;
  className?: string;
  /** The bar at the top. It leaves together with the controls. */
  top: ReactNode;
  news: RoomNews | null;
  /** Lies over the whole film and takes no presses, such as reactions. */
  overFilm?: ReactNode;
  /** Adds the first film; shown while the room has no item. */
  addMedia: ReactNode;
  /** Beside it, while the room has no item. */
  inviteCard?: ReactNode;
  /** The figures of the sync, while they are open. */
  figures: ReactNode;
  details: boolean;
  onDetails: () => void;
}

const HIDE_AFTER_MS = 2_500;

export function Stage(props: Props) {
  const { ref, className, top, news, overFilm, addMedia, inviteCard, figures, details, onDetails } = props;
  const session = useRoomSession();
  const picture = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const tap = useRef<'toggle' | 'hide' | 'show'>('toggle');
  const hasItem = useRoom(select.playback.hasItem);
  const playing = useRoom(select.playback.isMoving);
  const service = useRoom((room) => serviceOf(select.playlist.current(room)));
  const soundOnly = useRoom(select.playlist.isSoundOnly);
  const { volume, muted } = useVolume();
  // Without a picture the bars cover nothing, and stay.
  const { shown, wake, rest } = useIdle(playing && !soundOnly);
  useWakeLock(playing);
  useMediaSession();
  useSilentFilm(picture);
  useTrackNews();
  useFilmLight(picture);

  useEffect(
    () =>
      picture.current && frame.current ? session.attach({ picture: picture.current, frame: frame.current }) : undefined,
    [session],
  );
  const dubbed = useSoundTrack(picture, volume, muted);
  useEffect(() => session.setVolume(volume, muted || dubbed), [session, volume, muted, dubbed]);

  /** A click plays or pauses, a tap shows or hides the bars. While the browser mutes the film, both unmute it. */
  const press = () => {
    if (select.player.isSilenced(session.store.getState())) session.unlock();
    else if (tap.current === 'toggle') void session.commands.toggle();
    else if (tap.current === 'hide') rest();
    else wake();
  };

  // Services do not allow anything over their players, so there the bars stand above and below.
  const over = !service;
  const leaving = cx('transition-[opacity,translate] duration-200', !shown && 'pointer-events-none opacity-0');
  return (
    <div
      ref={ref}
      onPointerMove={wake}
      onPointerLeave={(event) => event.pointerType === 'mouse' && rest()}
      onFocus={wake}
      className={cx(
        'over-video group/stage relative isolate overflow-hidden [:fullscreen&]:bg-black',
        service ? 'flex flex-col' : hasItem && 'over-film',
        !shown && !service && 'cursor-none',
        className,
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
      {hasItem && over && <div className="pointer-events-none absolute inset-0 overflow-hidden">{overFilm}</div>}
      {hasItem && over && <Subtitles picture={picture} raised={shown} />}
      <div
        className={
          over
            ? cx(
                leaving,
                'absolute inset-x-0 top-0 z-20 px-6 pt-4 pb-14 before:pointer-events-none before:absolute before:inset-0 before:-z-1 phone:px-3 phone:pt-2.5 phone:pb-10 sideways:pt-2.5 sideways:pb-8',
                !shown && '-translate-y-2',
                hasItem &&
                  'before:bg-linear-to-b before:from-[#06050c]/80 before:via-[#06050c]/64 before:via-50% before:to-transparent',
                shown && 'pointer-events-none *:pointer-events-auto',
              )
            : 'relative z-10 shrink-0 px-4 py-3 phone:px-3 phone:py-2'
        }
      >
        {top}
      </div>
      <div ref={frame} className={service ? 'relative min-h-0 grow' : 'hidden'} />
      <StageOverlay service={service} addMedia={addMedia} inviteCard={inviteCard} />
      {over && <RoomToast news={news} />}
      {figures && (
        <div
          className={
            over
              ? 'slim-scroll absolute bottom-34 left-6 z-20 bg-strong max-h-[60%] max-w-[min(44rem,calc(100%-3rem))] overflow-y-auto rounded-sheet'
              : 'slim-scroll max-h-[38%] shrink-0 overflow-y-auto px-2'
          }
        >
          {figures}
        </div>
      )}
      {hasItem && (
        <div
          className={
            over
              ? cx(
                  leaving,
                  'absolute inset-x-6 bottom-6 z-10 phone:inset-x-2 phone:bottom-5 sideways:inset-x-3.5 sideways:bottom-3 sideways:in-data-floating:right-[300px]',
                  !shown && 'resting translate-y-2',
                )
              : 'relative z-10 shrink-0 p-2'
          }
        >
          {service && <EmbedStrip service={service} news={news} />}
          <Controls bends={over} details={details} onDetails={onDetails} />
        </div>
      )}
    </div>
  );
}

/** Hides the bars while a film plays and the pointer rests. */
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
