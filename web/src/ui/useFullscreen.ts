import { useSyncExternalStore } from 'react';

/** The part of the page that fills the screen; null: none. Everything outside of it is inert, but modal dialogs. */
export function useFullscreen(): Element | null {
  return useSyncExternalStore(subscribe, () => document.fullscreenElement);
}

function subscribe(changed: () => void): () => void {
  document.addEventListener('fullscreenchange', changed);
  return () => document.removeEventListener('fullscreenchange', changed);
}
