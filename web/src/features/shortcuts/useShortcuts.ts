import { useEffect, useEffectEvent } from 'react';
import { useRoomSession } from '../../room/hooks';

interface Targets {
  toggleSound: () => void;
  toggleFullscreen: () => void;
  toggleTheatre: () => void;
  toggleHelp: () => void;
  focusChat: () => void;
}

/** Whether the focused element uses the key itself: fields, lists, menus, and sliders other than the seek bar. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented) return true;
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (!target || target.dataset['seek'] !== undefined) return false;
  if (target.isContentEditable || target.closest('input, textarea, select, dialog, [role=menu]')) return true;
  // Space presses the button that is focused.
  return event.key === ' ' && target.closest('button, a, [role=tab]') !== null;
}

/** Undo of the last jump: Ctrl+Z outside of fields, and Alt+Z everywhere, since Ctrl+Z in a field undoes typing. */
function isUndo(event: KeyboardEvent): boolean {
  if (event.code !== 'KeyZ' || event.shiftKey) return false;
  if (event.altKey) return !event.ctrlKey && !event.metaKey;
  return (event.ctrlKey || event.metaKey) && !isTaken(event);
}

const REPEATED = new Set(['ArrowLeft', 'ArrowRight', ',', '.']);

export function useShortcuts(targets: Targets): void {
  const session = useRoomSession();
  const { commands } = session;
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (isUndo(event)) {
      event.preventDefault();
      if (!event.repeat) void commands.undoSeek();
      return;
    }
    if (isTaken(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const actions: Record<string, () => void> = {
      ' ': () => void commands.toggle(),
      k: () => void commands.toggle(),
      ArrowLeft: () => void commands.seekBy(-5_000),
      ArrowRight: () => void commands.seekBy(5_000),
      j: () => void commands.seekBy(-10_000),
      l: () => void commands.seekBy(10_000),
      u: () => void commands.undoSeek(),
      ',': () => void commands.stepFrame(-1),
      '.': () => void commands.stepFrame(1),
      '<': () => void commands.shiftRate(-1),
      '>': () => void commands.shiftRate(1),
      r: () => session.resync(),
      m: targets.toggleSound,
      f: targets.toggleFullscreen,
      t: targets.toggleTheatre,
      '/': targets.focusChat,
      '?': targets.toggleHelp,
    };
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = actions[key];
    if (!action) return;
    event.preventDefault();
    if (!event.repeat || REPEATED.has(key)) action();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}
