import { Play, RotateCcw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import type { EmbedService } from '../../room/player/source';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';
import { NotReadyYet } from './NotReadyYet';
import { SoundButton } from './SoundButton';
import { UndoJump } from './UndoJump';

interface Props {
  /** The service whose player shows the video; null: the page's own player. */
  service: EmbedService | null;
  addMedia: ReactNode;
  inviteCard: ReactNode;
}

/**
 * Shows over the film why it does not play, and what to do. Services allow nothing over their players while they play,
 * so there `EmbedStrip` shows the same below.
 */
export function StageOverlay({ service, addMedia, inviteCard }: Props) {
  const session = useRoomSession();
  const hasItem = useRoom(select.playback.hasItem);
  const known = useRoom((room) => select.connection.wasOnline(room) && select.playlist.isKnown(room));
  const player = useRoom(select.player.view);
  const held = useRoom(select.playback.isHeld);
  const resting = !useRoom(select.playback.isPlaying);
  const ownerAway = useRoom(select.playback.isOwnerAway);
  const title = useRoom(select.playlist.title);
  const soundOnly = useRoom(select.playlist.isSoundOnly);
  const isAwaited = useRoom((room) => select.player.againAtMs(room) !== null);
  const unchecked = useRoom((room) => select.playlist.current(room)?.source?.unchecked === true);

  if (!hasItem) return known ? <Empty addMedia={addMedia} inviteCard={inviteCard} /> : <Busy label="Connecting" />;
  if (isAwaited) return <NotReadyYet />;
  if (player?.state === 'PLAYER_STATE_FAILED') {
    return (
      <div className="rise absolute inset-0 z-10 flex flex-col items-center justify-center-safe gap-3 overflow-auto bg-cinema px-4 pt-20 pb-36 text-center phone:py-14">
        <TriangleAlert size={34} aria-hidden className="text-warn" />
        <h2 className="text-title">“{title}” can’t play here</h2>
        <p className="max-w-md text-sm text-soft">{player.failure}</p>
        {unchecked && (
          <p className="max-w-md text-sm text-soft">
            Its host refused our check, so it was added without one. Others in the room may be able to play it.
          </p>
        )}
        <Button onClick={() => session.retryItem()} className="mt-2">
          <RotateCcw size={17} aria-hidden />
          Try again
        </Button>
      </div>
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
          <span className="text-title text-white">Tap to play</span>
          <span className="text-sm text-white/75">Your browser starts videos only after a tap.</span>
        </span>
      </button>
    );
  }
  const loading = player?.state === 'PLAYER_STATE_LOADING' || player?.state === 'PLAYER_STATE_STALLED';
  return (
    <>
      {!held && loading && <Busy label="Loading" />}
      {resting && !ownerAway && !held && !soundOnly && player?.state === 'PLAYER_STATE_IN_SYNC' && <PausedSign />}
      <SoundButton className="absolute top-21 left-6 z-10 phone:top-14 phone:left-3" />
      <UndoJump className="absolute bottom-34 left-6 z-10 phone:bottom-30 phone:left-3 sideways:bottom-28" />
    </>
  );
}

/** No film yet: asks for one, and for people. */
function Empty({ addMedia, inviteCard }: { addMedia: ReactNode; inviteCard: ReactNode }) {
  const session = useRoomSession();
  const mayAdd = useMay('PERMISSION_ADD_MEDIA');
  const count = useRoom(select.playlist.count);
  return (
    <div className="rise slim-scroll absolute inset-0 z-10 flex flex-col items-center justify-center-safe gap-4 overflow-auto px-4 pt-20 pb-6 phone:static phone:px-2 phone:pt-16 phone:pb-6">
      <section className="glass-over rim relative w-full max-w-lg rounded-sheet p-5.5 phone:p-4">
        <h2 className="text-title">{count ? 'Choose a video from the list' : 'What shall we watch?'}</h2>
        {mayAdd ? (
          <div className="mt-3.5">{addMedia}</div>
        ) : (
          <div className="mt-2 flex flex-wrap items-center gap-3">
            <p className="grow text-sm text-soft">Someone else in the room will choose a video.</p>
            <Button size="sm" onClick={() => session.explainRefusal('PERMISSION_ADD_MEDIA')}>
              Ask to add videos
            </Button>
          </div>
        )}
      </section>
      {inviteCard && (
        <div className="glass-over rim relative w-full max-w-lg rounded-sheet p-5.5 phone:hidden">{inviteCard}</div>
      )}
    </div>
  );
}

/** Shows that a click anywhere on the film plays it. On touch screens a tap shows the controls instead. */
function PausedSign() {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0 grid place-items-center touch:hidden">
      <span className="glass-over rise grid size-20 place-items-center rounded-full">
        <Play size={34} fill="currentColor" className="ml-1" />
      </span>
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
