import { Moon, Sun } from 'lucide-react';
import { IconButton } from './Button';
import { toggleTheme, useTheme } from './theme';

export function ThemeToggle() {
  const theme = useTheme((state) => state.theme);
  return (
    <IconButton label={theme === 'dark' ? 'Light theme' : 'Dark theme'} onClick={toggleTheme}>
      {theme === 'dark' ? <Sun size={19} /> : <Moon size={19} />}
    </IconButton>
  );
}
