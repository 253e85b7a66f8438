import { Play, RotateCcw, TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import type { EmbedService } from '../../room/player/source';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';
import { OwnerAway } from './OwnerAway';
import { SoundButton } from './SoundButton';
import { UndoJump } from './UndoJump';
import { WaitingBanner } from './WaitingBanner';

const SHOWN_MS = 3_500;

interface Props {
  /** The service whose player shows the video; null: the page's own player. */
  service: EmbedService | null;
  addMedia: ReactNode;
}

/**
 * Shows over the film why it does not play, and what to do. Services allow nothing over their players while they play,
 * so there `EmbedStrip` shows the same below.
 */
export function StageOverlay({ service, addMedia }: Props) {
  const session = useRoomSession();
  const hasItem = useRoom(select.playback.hasItem);
  const known = useRoom((room) => select.connection.wasOnline(room) && select.playlist.isKnown(room));
  const player = useRoom(select.player.view);
  const held = useRoom(select.playback.isHeld);
  const resting = !useRoom(select.playback.isPlaying);
  const ownerAway = useRoom(select.playback.isOwnerAway);
  const title = useRoom(select.playlist.title);
  const soundOnly = useRoom(select.playlist.isSoundOnly);
  const unchecked = useRoom((room) => select.playlist.current(room)?.source?.unchecked === true);

  if (!hasItem) return known ? <Empty addMedia={addMedia} /> : <Busy label="Connecting" />;
  if (player?.state === 'PLAYER_STATE_FAILED') {
    return (
      <Centred>
        <TriangleAlert size={34} aria-hidden className="text-warn" />
        <h2 className="text-xl font-bold">“{title}” can’t play here</h2>
        <p className="max-w-md text-sm opacity-80">{player.failure}</p>
        {unchecked && (
          <p className="max-w-md text-sm opacity-80">
            Its host refused our check, so it was added without one. Others in the room may be able to play it.
          </p>
        )}
        <Button onClick={() => session.retryItem()} className="mt-2">
          <RotateCcw size={17} aria-hidden />
          Try again
        </Button>
      </Centred>
    );
  }
  if (service) return null;
  if (player?.state === 'PLAYER_STATE_BLOCKED') {
    return (
      <button
        type="button"
        aria-label="Tap to play"
        onClick={() => session.unlock()}
        className="absolute inset-0 z-10 grid place-items-center bg-black/60"
      >
        <span className="rise grid justify-items-center gap-4">
          <span className="lit grid size-20 place-items-center rounded-full">
            <Play size={36} fill="currentColor" aria-hidden />
          </span>
          <span className="text-2xl font-bold text-white">Tap to play</span>
          <span className="text-sm text-white/75">Your browser starts videos only after a tap.</span>
        </span>
      </button>
    );
  }
  return (
    <>
      {held ? (
        <WaitingBanner />
      ) : (
        (player?.state === 'PLAYER_STATE_LOADING' || player?.state === 'PLAYER_STATE_STALLED') && (
          <Busy label="Loading" />
        )
      )}
      {ownerAway ? <OwnerAway /> : resting && !soundOnly && player?.state === 'PLAYER_STATE_IN_SYNC' && <PausedSign />}
      <SoundButton className="absolute top-3 left-3 z-10 sm:top-4 sm:left-4" />
      <UndoJump className="absolute bottom-25 left-3 z-10 sm:bottom-28 sm:left-4" />
      <LastAction />
    </>
  );
}

function Empty({ addMedia }: { addMedia: ReactNode }) {
  const mayAdd = useMay('PERMISSION_ADD_MEDIA');
  const count = useRoom(select.playlist.count);
  return (
    <Centred>
      <h2 className="text-xl font-bold sm:text-2xl">
        {count ? 'Choose a video from the playlist' : 'What shall we watch?'}
      </h2>
      {mayAdd ? (
        <div className="w-full max-w-md text-left">{addMedia}</div>
      ) : (
        <p className="text-sm opacity-80">Someone else in the room will choose a video.</p>
      )}
    </Centred>
  );
}

export function LastAction({ below = false }: { below?: boolean }) {
  const lastAction = useRoom(select.playback.lastAction);
  const [seenSeq, setSeenSeq] = useState(0);
  useEffect(() => {
    if (!lastAction) return;
    const timer = setTimeout(() => setSeenSeq(lastAction.seq), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [lastAction]);
  const shown = lastAction && lastAction.seq > seenSeq ? lastAction.text : '';
  return (
    <div
      role="status"
      aria-live="polite"
      className={below ? 'text-sm' : 'pointer-events-none absolute inset-x-0 top-3 flex justify-center px-3'}
    >
      {shown && <span className="glass-over rise rounded-full px-4 py-1.5 text-sm font-medium">{shown}</span>}
    </div>
  );
}

/** Shows that a click anywhere on the film plays it. On touch screens a tap shows the controls instead. */
function PausedSign() {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0 grid place-items-center max-sm:hidden">
      <span className="glass-over rise grid size-20 place-items-center rounded-full">
        <Play size={34} fill="currentColor" className="ml-1" />
      </span>
    </div>
  );
}

function Centred({ children }: { children: ReactNode }) {
  return (
    <div className="rise absolute inset-0 z-10 flex flex-col items-center justify-center-safe gap-3 overflow-auto bg-[radial-gradient(circle_at_30%_20%,#1b1f47,#07080f)] p-4 text-center text-white [color-scheme:dark]">
      {children}
    </div>
  );
}

function Busy({ label }: { label: string }) {
  return (
    <div
      role="status"
      aria-label={label}
      className="pointer-events-none absolute inset-0 grid place-items-center text-white"
    >
      <span className="glass-over grid size-16 place-items-center rounded-full">
        <Spinner size={28} />
      </span>
    </div>
  );
}
