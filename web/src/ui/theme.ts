// The colour scheme: that of the system, until the person chooses another one.

export type Theme = 'light' | 'dark';

const KEY = 'syncwatch.theme';

function chosen(): Theme | null {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : null;
}

export function shownTheme(): Theme {
  return chosen() ?? (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');
}

/** Call before the first render, so that the page does not flash in the other scheme. */
export function applyTheme(): void {
  const theme = chosen();
  if (theme) document.documentElement.dataset['theme'] = theme;
}

export function toggleTheme(): Theme {
  const next = shownTheme() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, next);
  applyTheme();
  return next;
}
