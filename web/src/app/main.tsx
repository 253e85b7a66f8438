import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { restore } from '../api/session';
import { applyTheme } from '../ui/theme';
import '../ui/theme.css';
import { App } from './App';

applyTheme();
void restore();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
