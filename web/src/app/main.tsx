import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { restore } from '../api/session';
import { forgetUploadsOnSignOut } from '../features/uploads/forget';
import { applyEffects } from '../ui/effects';
import { applyTheme } from '../ui/theme';
import { keepInFront } from '../ui/topLayer';
import '@fontsource-variable/figtree/wght.css';
import '../ui/theme.css';
import { App } from './App';
import { watchBuild } from './staleBuild';

applyTheme();
applyEffects();
keepInFront();
watchBuild();
forgetUploadsOnSignOut();
void restore();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
