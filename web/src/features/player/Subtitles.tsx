import { useEffect, useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { SubtitleService } from '../../api/gen/services';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { shownSubtitles, useTracks } from '../../room/tracks';
import { cx } from '../../ui/classes';
import { notify } from '../../ui/toasts';
import { type Cue, cuesOf, textAt } from './vtt';

const LOOK_EVERY_MS = 100;

/** The subtitles that this person chose, over the film; above the bar while it is shown. */
export function Subtitles({ raised }: { raised: boolean }) {
  const session = useRoomSession();
  const { key, delayMs } = useTracks((state) => state.subtitles);
  const track = useRoom((room) => shownSubtitles(select.playlist.current(room)?.tracks ?? [], key));
  const cues = useCues(track?.id ?? '');
  const [text, setText] = useState('');

  useEffect(() => {
    if (cues.length === 0) {
      setText('');
      return;
    }
    const look = () => setText(textAt(cues, (session.roomPositionMs() ?? 0) - delayMs));
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [session, cues, delayMs]);

  if (!text) return null;
  return (
    <div
      aria-live="off"
      className={cx(
        'pointer-events-none absolute inset-x-0 z-10 px-4 text-center transition-[bottom] duration-200',
        raised ? 'bottom-34 phone:bottom-30 sideways:bottom-28' : 'bottom-10 phone:bottom-4 sideways:bottom-4',
      )}
    >
      <span
        lang={track?.language || undefined}
        dir="auto"
        data-testid="subtitles"
        className="inline-block rounded-lg bg-black/62 px-3 pt-1 pb-1.5 text-[clamp(15px,2vw,26px)] leading-[1.35] font-medium whitespace-pre-line text-white"
      >
        {text}
      </span>
    </div>
  );
}

function useCues(trackId: string): readonly Cue[] {
  const room = useRoom(select.settings.roomId);
  const itemId = useRoom(select.playback.itemId);
  const [known, setKnown] = useState<{ trackId: string; cues: readonly Cue[] }>({ trackId: '', cues: [] });
  useEffect(() => {
    if (!trackId) return;
    const abort = new AbortController();
    call(SubtitleService.getSubtitles, { room, itemId, trackId }, abort.signal).then(
      ({ vtt = '' }) => setKnown({ trackId, cues: cuesOf(vtt) }),
      (error: unknown) => {
        if (!abort.signal.aborted) notify(explain(error));
      },
    );
    return () => abort.abort();
  }, [room, itemId, trackId]);
  return known.trackId === trackId ? known.cues : NONE;
}

const NONE: readonly Cue[] = [];
