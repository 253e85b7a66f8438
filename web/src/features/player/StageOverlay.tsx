import { Hourglass, Play, RotateCcw, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';
import { AddMedia } from '../playlist/AddMedia';
import { useMay, useRoom, useRoomSession } from '../room/context';
import { awaited } from '../room/state';

const HAPPENING_MS = 3_500;

/** What stands over the picture: why it does not move, and what to do. */
export function StageOverlay() {
  const session = useRoomSession();
  const hasItem = useRoom((state) => state.motion.itemId !== '');
  const known = useRoom((state) => state.sessionId !== '' && state.playlistKnown);
  const player = useRoom((state) => state.player);
  const held = useRoom((state) => state.motion.hold !== null);
  const resting = useRoom((state) => !state.motion.playing);
  const title = useRoom((state) => state.playlist.find((item) => item.id === state.motion.itemId)?.title ?? '');

  if (!hasItem) return known ? <Empty /> : <Busy label="Connecting" />;
  if (player?.state === 'PLAYER_STATE_FAILED') {
    return (
      <Centred>
        <TriangleAlert size={34} aria-hidden className="text-warn" />
        <h2 className="text-xl font-bold">“{title}” does not play here</h2>
        <p className="max-w-md text-sm opacity-80">{player.failure}</p>
        <Button onClick={() => session.retryItem()} className="glass-over mt-2">
          <RotateCcw size={17} aria-hidden />
          Try again
        </Button>
      </Centred>
    );
  }
  if (player?.state === 'PLAYER_STATE_BLOCKED') {
    return (
      <button type="button" aria-label="Tap to join" onClick={() => session.unlock()} className="absolute inset-0 z-10 grid place-items-center bg-black/60 backdrop-blur-sm">
        <span className="rise grid justify-items-center gap-4">
          <span className="lit grid size-20 place-items-center rounded-full">
            <Play size={36} fill="currentColor" aria-hidden />
          </span>
          <span className="text-2xl font-bold text-white">Tap to join</span>
          <span className="text-sm text-white/75">Your browser wants a tap before it plays sound.</span>
        </span>
      </button>
    );
  }
  return (
    <>
      {held ? <Waiting /> : (player?.state === 'PLAYER_STATE_LOADING' || player?.state === 'PLAYER_STATE_STALLED') && <Busy label="Loading" />}
      {resting && player?.state === 'PLAYER_STATE_IN_SYNC' && <PausedSign />}
      <Happening />
    </>
  );
}

function Empty() {
  const mayAdd = useMay('PERMISSION_ADD_MEDIA');
  const count = useRoom((state) => state.playlist.length);
  return (
    <Centred>
      <h2 className="text-xl font-bold sm:text-2xl">{count ? 'Choose something from the playlist' : 'What shall we watch?'}</h2>
      {mayAdd ? (
        <div className="w-full max-w-md text-left">
          <AddMedia />
        </div>
      ) : (
        <p className="text-sm opacity-80">Someone in the room will choose.</p>
      )}
    </Centred>
  );
}

function Waiting() {
  const state = useRoom((whole) => whole);
  const names = awaited(state);
  const secondsLeft = useCountdown(state.motion.hold?.untilServerMs ?? 0);
  const who = names.length > 2 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(' and ');
  return (
    <Pill>
      <Hourglass size={17} aria-hidden />
      <span>
        {who ? `Waiting for ${who}` : 'About to start'}
        {who && secondsLeft > 0 ? <span className="tabular-nums">, {secondsLeft} s</span> : null}
      </span>
    </Pill>
  );
}

function useCountdown(untilServerMs: number): number {
  const session = useRoomSession();
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const read = () => setLeft(Math.max(0, Math.ceil((untilServerMs - session.serverNowMs()) / 1000)));
    read();
    const timer = setInterval(read, 250);
    return () => clearInterval(timer);
  }, [session, untilServerMs]);
  return left;
}

function Happening() {
  const happening = useRoom((state) => state.happening);
  const [seenSeq, setSeenSeq] = useState(0);
  useEffect(() => {
    if (!happening) return;
    const timer = setTimeout(() => setSeenSeq(happening.seq), HAPPENING_MS);
    return () => clearTimeout(timer);
  }, [happening]);
  const shown = happening && happening.seq > seenSeq ? happening.text : '';
  return (
    <div role="status" aria-live="polite" className="pointer-events-none absolute inset-x-0 top-3 flex justify-center px-3">
      {shown && <span className="glass-over rise rounded-full px-4 py-1.5 text-sm font-medium">{shown}</span>}
    </div>
  );
}

/** A click anywhere on the picture plays; this only says so. */
function PausedSign() {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0 grid place-items-center">
      <span className="glass-over rise grid size-20 place-items-center rounded-full">
        <Play size={34} fill="currentColor" className="ml-1" />
      </span>
    </div>
  );
}

function Centred({ children }: { children: React.ReactNode }) {
  return <div className="rise absolute inset-0 z-10 flex flex-col items-center justify-center gap-3 overflow-auto bg-[radial-gradient(circle_at_30%_20%,#1b1f47,#07080f)] p-4 text-center text-white [color-scheme:dark]">{children}</div>;
}

function Busy({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className="pointer-events-none absolute inset-0 grid place-items-center text-white">
      <span className="glass-over grid size-16 place-items-center rounded-full">
        <Spinner size={28} />
      </span>
    </div>
  );
}

function Pill({ children }: { children: React.ReactNode }) {
  return (
    <div role="status" className="pointer-events-none absolute inset-0 grid place-items-center">
      <span className="glass-over rise flex items-center gap-2.5 rounded-full px-5 py-2.5 font-medium">{children}</span>
    </div>
  );
}
