import { Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './Button';
import { shownTheme, toggleTheme } from './theme';

export function ThemeToggle() {
  const [theme, setTheme] = useState(shownTheme);
  return (
    <IconButton label={theme === 'dark' ? 'Light theme' : 'Dark theme'} onClick={() => setTheme(toggleTheme())}>
      {theme === 'dark' ? <Sun size={19} /> : <Moon size={19} />}
    </IconButton>
  );
}
