import { type RefObject, useEffect, useMemo, useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { SubtitleService } from '../../api/gen/services';
import { useRoom, useRoomSession } from '../../room/hooks';
import type { Drawn } from '../../room/mediaFacts';
import { select } from '../../room/store';
import { type AnyTrack, useTracks } from '../../room/tracks';
import { cx } from '../../ui/classes';
import { notify } from '../../ui/toasts';
import { DrawnSubtitles } from './drawn/DrawnSubtitles';
import { useShownSubtitles } from './useChoices';
import { useNativeCaptions } from './useNativeCaptions';
import { type Cue, cuesOf, plain, textAt } from './vtt';

const LOOK_EVERY_MS = 100;

/** The subtitles that this person chose, over the film; above the bar while it is shown. */
export function Subtitles({ picture, raised }: { picture: RefObject<HTMLElement | null>; raised: boolean }) {
  const session = useRoomSession();
  const { delayMs } = useTracks((state) => state.subtitles);
  const track = useShownSubtitles();
  const cues = useCues(track);
  const [text, setText] = useState('');
  useNativeCaptions(picture, cues, delayMs);
  const { drawn, refuse } = useDrawn(track);

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

  if (drawn) return <DrawnSubtitles drawn={drawn} picture={picture} delayMs={delayMs} onFail={refuse} />;
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

/** How a track is drawn by a library; null: as text. `refuse`: this browser cannot. */
function useDrawn(track: AnyTrack | null): { drawn: Drawn | null; refuse: () => void } {
  const drawn = useRoom((room) => (track ? select.player.menu(room)?.drawn.get(track.key) : undefined)) ?? null;
  const [refused, setRefused] = useState('');
  const refuse = () => {
    setRefused(drawn?.url ?? '');
    notify(
      drawn?.kind === 'ass'
        ? 'This browser can’t draw these captions with their styles, so you see them as plain text.'
        : 'This browser can’t draw these captions, which are pictures. Choose others under Captions.',
    );
  };
  return { drawn: drawn?.url === refused ? null : drawn, refuse };
}

/** The cues of a track: the player loads those of its stream, and the page those that were added to the item. */
function useCues(track: AnyTrack | null): readonly Cue[] {
  const streamed = useRoom(select.player.cues);
  const added = useAddedCues(track?.added?.id ?? '');
  const fromStream = useMemo(() => streamed.map((cue) => ({ ...cue, text: plain(cue.text) })), [streamed]);
  if (!track) return NONE;
  return track.added ? added : fromStream;
}

function useAddedCues(trackId: string): readonly Cue[] {
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
