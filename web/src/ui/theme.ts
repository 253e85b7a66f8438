// The colour scheme: that of the system, until the person chooses another one.
import { create } from 'zustand';

export type Theme = 'light' | 'dark';

const KEY = 'syncwatch.theme';
/** Colour of the browser's own bars, as the ground of each theme. */
const GROUNDS: Readonly<Record<Theme, string>> = { light: '#f3efe9', dark: '#0c0b12' };

function chosen(): Theme | null {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : null;
}

function systemTheme(): Theme {
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

export const useTheme = create<{ theme: Theme }>(() => ({ theme: chosen() ?? systemTheme() }));

/** Call before the first render, so that the page does not flash in the other scheme. Follows the system from then on. */
export function applyTheme(): void {
  const apply = ({ theme }: { theme: Theme }) => {
    document.documentElement.dataset['theme'] = theme;
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]'))
      meta.content = GROUNDS[theme];
  };
  apply(useTheme.getState());
  useTheme.subscribe(apply);
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', () =>
    useTheme.setState({ theme: chosen() ?? systemTheme() }),
  );
}

export function toggleTheme(): void {
  const next = useTheme.getState().theme === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, next);
  useTheme.setState({ theme: next });
}
