import { useEffect, useEffectEvent, type RefObject } from 'react';
import { useVolume } from '../player/volume';
import { toggleFullscreen } from '../player/fullscreen';
import { useRoomSession } from './context';

interface Targets {
  stage: RefObject<HTMLElement | null>;
  toggleTheatre: () => void;
  toggleHelp: () => void;
  focusChat: () => void;
}

/** Keys belong to what is focused first: fields, lists, sliders other than the seek bar. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (!target || target.dataset['seek'] !== undefined) return false;
  if (target.isContentEditable || target.closest('input, textarea, select, dialog')) return true;
  // Space presses the button that is focused.
  return event.key === ' ' && target.closest('button, a, [role=tab]') !== null;
}

export function useShortcuts(targets: Targets): void {
  const session = useRoomSession();
  const jump = (seconds: number) => {
    const at = session.roomPositionMs();
    if (at !== null) void session.seek(at + seconds * 1000);
  };
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (isTaken(event)) return;
    const actions: Record<string, () => void> = {
      ' ': () => void session.toggle(),
      k: () => void session.toggle(),
      ArrowLeft: () => jump(-5),
      ArrowRight: () => jump(5),
      j: () => jump(-10),
      l: () => jump(10),
      m: () => useVolume.getState().toggleMuted(),
      f: () => toggleFullscreen(targets.stage.current),
      t: targets.toggleTheatre,
      '/': targets.focusChat,
      '?': targets.toggleHelp,
    };
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    if (!event.repeat || event.key.startsWith('Arrow')) action();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}
