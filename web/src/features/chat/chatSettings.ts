// What this device shows of the chat beside the panel. Stored in the browser; the room does not get it.
import { create } from 'zustand';

interface Kept {
  /** Messages over the film while the panel is not in view. */
  isOverFilm: boolean;
  /** Messages fly over the film from right to left. */
  isDanmaku: boolean;
  /** Reactions rise over the film. */
  isFloating: boolean;
  /** A short sound for messages that come while nobody looks. */
  hasSound: boolean;
}

interface ChatSettings extends Kept {
  toggle: (what: keyof Kept) => void;
}

const KEY = 'syncwatch.chat';
const DEFAULTS: Kept = { isOverFilm: true, isDanmaku: false, isFloating: true, hasSound: false };

export const useChatSettings = create<ChatSettings>((set) => ({
  ...read(localStorage.getItem(KEY)),
  toggle: (what) => set((kept) => ({ [what]: !kept[what] })),
}));

useChatSettings.subscribe(({ isOverFilm, isDanmaku, isFloating, hasSound }) => {
  localStorage.setItem(KEY, JSON.stringify({ isOverFilm, isDanmaku, isFloating, hasSound } satisfies Kept));
});

/** Reads the stored settings. Invalid parts get their default. */
export function read(stored: string | null): Kept {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    return DEFAULTS;
  }
  if (typeof value !== 'object' || value === null) return DEFAULTS;
  const known = value as Partial<Record<keyof Kept, unknown>>;
  const of = (name: keyof Kept) => (typeof known[name] === 'boolean' ? known[name] : DEFAULTS[name]);
  return {
    isOverFilm: of('isOverFilm'),
    isDanmaku: of('isDanmaku'),
    isFloating: of('isFloating'),
    hasSound: of('hasSound'),
  };
}
