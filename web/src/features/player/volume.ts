// The volume of this device. It is stored in the browser, and not shared with the room.
import { create } from 'zustand';

interface Volume {
  volume: number;
  muted: boolean;
  setVolume: (volume: number) => void;
  toggleMuted: () => void;
}

const KEY = 'syncwatch.volume';

function remembered(): number {
  const value = Number(localStorage.getItem(KEY) ?? '1');
  return value > 0 && value <= 1 ? value : 1;
}

export const useVolume = create<Volume>((set) => ({
  volume: remembered(),
  muted: false,
  setVolume: (volume) => {
    if (volume > 0) localStorage.setItem(KEY, String(volume));
    set({ volume, muted: volume === 0 });
  },
  toggleMuted: () => set(({ muted, volume }) => ({ muted: !muted, volume: volume === 0 ? 0.5 : volume })),
}));
