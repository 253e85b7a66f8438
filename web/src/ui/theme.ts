// The system's choice of colours holds until someone chooses otherwise.

export type Theme = 'light' | 'dark';

const KEY = 'syncwatch.theme';

function chosen(): Theme | null {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : null;
}

export function shownTheme(): Theme {
  return chosen() ?? (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');
}

/** Call before the first render, so that nothing flashes. */
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
