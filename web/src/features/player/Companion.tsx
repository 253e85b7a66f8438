import { Crown, FastForward, MonitorPlay, Pause, Play, Rewind, SkipForward, StepBack, StepForward } from 'lucide-react';
import { useDevice } from '../../room/device';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Button, IconButton } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import { Panel } from '../../ui/Panel';
import { JUMP_MS } from './Controls';
import { SeekBar } from './SeekBar';
import { SpeedMenu } from './SpeedMenu';
import { UndoJump } from './UndoJump';
import { OWNER_AWAY, OWNER_AWAY_HINT } from './useOwnerAwayNews';
import { usePlayerGates } from './usePlayerGates';

/** Replaces the stage on a device that shows no video. */
export function Companion() {
  const remote = useDevice((state) => state.mode === 'remote');
  const setMode = useDevice((state) => state.setMode);
  const title = useRoom(select.playlist.title);
  const playing = useRoom(select.playback.isPlaying);
  return (
    <Panel aria-label={remote ? 'Remote control' : 'Now playing'} className="p-4 sm:p-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-56">
          <h2 className="truncate font-bold">{title || 'Nothing is playing'}</h2>
          <p className="text-sm text-soft">
            {title ? (playing ? 'Playing. ' : 'Paused. ') : ''}
            {remote ? 'This device is a remote control.' : 'This device is for chat only.'}
          </p>
        </div>
        <Button size="sm" className="h-10" onClick={() => setMode('watch')}>
          <MonitorPlay size={17} aria-hidden />
          Watch here
        </Button>
      </div>
      {remote && title && <Remote />}
    </Panel>
  );
}

function Remote() {
  const { commands } = useRoomSession();
  const { mayControl, mayJump, mayChoose, whyNoJumps } = usePlayerGates();
  const playing = useRoom(select.playback.isPlaying);
  const isLast = useRoom(select.playlist.isLast);
  const ownerAway = useRoom(select.playback.isOwnerAway);
  const waits = useRoom(select.playback.isHeld);
  return (
    <div role="group" aria-label="Player" className="mt-4 grid gap-3">
      {ownerAway && (
        <Notice tone="warn" icon={<Crown size={18} className="shrink-0 text-warn" aria-hidden />}>
          {OWNER_AWAY} {OWNER_AWAY_HINT}
        </Notice>
      )}
      <SeekBar mayJump={mayJump} onSeek={(ms) => void commands.seek(ms)} />
      {whyNoJumps && <p className="px-2 text-small text-soft">{whyNoJumps}</p>}
      <div className="flex items-center justify-center gap-3">
        <IconButton
          label="Back one frame"
          aria-disabled={!mayJump || playing}
          onClick={() => void commands.stepFrame(-1)}
          className="size-11"
        >
          <StepBack size={20} />
        </IconButton>
        <IconButton
          label="Back 10 seconds"
          aria-disabled={!mayJump}
          onClick={() => void commands.seekBy(-JUMP_MS)}
          className="size-13"
        >
          <Rewind size={24} />
        </IconButton>
        <IconButton
          label={playing ? 'Pause' : 'Play'}
          aria-disabled={!mayControl}
          onClick={() => void commands.toggle()}
          className="lit size-17 rounded-full!"
        >
          {playing ? <Pause size={30} fill="currentColor" /> : <Play size={30} fill="currentColor" />}
        </IconButton>
        <IconButton
          label="Forward 10 seconds"
          aria-disabled={!mayJump}
          onClick={() => void commands.seekBy(JUMP_MS)}
          className="size-13"
        >
          <FastForward size={24} />
        </IconButton>
        <IconButton
          label="Forward one frame"
          aria-disabled={!mayJump || playing}
          onClick={() => void commands.stepFrame(1)}
          className="size-11"
        >
          <StepForward size={20} />
        </IconButton>
      </div>
      <div className="flex min-h-10 flex-wrap items-center justify-center gap-3">
        <SpeedMenu />
        {!isLast && (
          <Button
            size="sm"
            look="quiet"
            className="h-10"
            aria-disabled={!mayChoose}
            onClick={() => void commands.next()}
          >
            <SkipForward size={17} aria-hidden />
            Next video
          </Button>
        )}
        <UndoJump />
      </div>
      <p role="status" className="text-center text-sm text-soft empty:hidden">
        {waits ? 'Waiting for people to get ready.' : ''}
      </p>
    </div>
  );
}
