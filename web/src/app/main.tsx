import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { restore } from '../api/session';
import { applyTheme } from '../ui/theme';
import '../ui/theme.css';
import { App } from './App';
import { watchBuild } from './staleBuild';

applyTheme();
watchBuild();
void restore();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
