import { MessageSquare } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { useFullscreen } from '../../ui/useFullscreen';
import { useMedia } from '../../ui/useMedia';
import { useChatSettings } from './chatSettings';
import './film/film.css';
import { Danmaku } from './film/Danmaku';
import { FilmField } from './film/FilmField';
import { FilmLines } from './film/FilmLines';
import { Rising } from './film/Rising';

/**
 * What the chat shows over the film. It takes the whole film, takes no presses but in its field, and stands under the
 * controls. `floating`: the panel is hidden.
 */
export function FilmChat({ floating }: { floating: boolean }) {
  const { isOverFilm, isDanmaku, isFloating } = useChatSettings();
  const isStill = useMedia('(prefers-reduced-motion: reduce)');
  // Then no panel is in view.
  const isFull = useFullscreen() !== null;
  const hasItem = useRoom(select.playback.hasItem);
  if (!hasItem) return null;
  return (
    <>
      {isDanmaku && !isStill && <Danmaku />}
      {isFloating && <Rising />}
      {(floating || isFull) && isOverFilm && <Lines flies={isDanmaku && !isStill} />}
    </>
  );
}

/** `flies`: the messages fly over the film, and need no second place there. */
function Lines({ flies }: { flies: boolean }) {
  const maySend = useMay('PERMISSION_SEND_CHAT');
  const [isWriting, setIsWriting] = useState(false);
  const open = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!maySend || target?.closest('input, textarea, select, dialog, [role=menu], [contenteditable]')) return;
    event.preventDefault();
    setIsWriting(true);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => open(event);
    // Before the shortcuts of the room, which would focus the field of the panel.
    document.addEventListener('keydown', listener, { capture: true });
    return () => document.removeEventListener('keydown', listener, { capture: true });
  }, []);
  return (
    <div className="absolute bottom-32 left-6 w-[min(22rem,calc(100%-3rem))]">
      {(!flies || isWriting) && <FilmLines isWriting={isWriting} />}
      {isWriting ? (
        <FilmField onClose={() => setIsWriting(false)} />
      ) : (
        maySend && (
          <button
            type="button"
            aria-label="Write a message"
            title="Write a message (/)"
            onClick={() => setIsWriting(true)}
            className="film-line pointer-events-auto mt-1.5 grid size-target place-items-center rounded-full opacity-0 transition-opacity duration-calm group-hover/stage:opacity-100 focus-visible:opacity-100 touch:opacity-60 [.cursor-none_&]:opacity-0"
          >
            <MessageSquare size={18} aria-hidden />
          </button>
        )
      )}
    </div>
  );
}
