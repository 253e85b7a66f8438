// Where the panel of a room stands on this device. Stored in the browser.
import { create } from 'zustand';

export type PanelPlace = 'beside' | 'below' | 'hidden';

const KEY = 'syncwatch.panel';

interface Layout {
  panel: PanelPlace;
  setPanel: (panel: PanelPlace) => void;
}

export const useLayout = create<Layout>((set) => ({
  panel: stored(),
  setPanel: (panel) => {
    localStorage.setItem(KEY, panel);
    set({ panel });
  },
}));

function stored(): PanelPlace {
  const value = localStorage.getItem(KEY);
  return value === 'below' || value === 'hidden' ? value : 'beside';
}
