import { useCallback, useSyncExternalStore } from 'react';

/** The media queries of theme.css. */
export const PHONE = '(max-width: 760px) and (orientation: portrait)';
export const SIDEWAYS = '(max-height: 480px) and (orientation: landscape)';

/** Whether a media query matches now. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
