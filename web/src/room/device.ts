// The settings of this device: its mode, whether others wait for it, and the offset of its sound. They are stored in
// the browser; the room gets the first two. Each tab stores its own mode, too, so that a second tab for chat does not
// change the mode of the first one.
import { create } from 'zustand';
import type { SessionModeJson } from '../api/gen/syncwatch/sync/v1/presence_pb';

export type DeviceMode = 'watch' | 'chat' | 'remote';

export const SESSION_MODES: Readonly<Record<DeviceMode, SessionModeJson>> = {
  watch: 'SESSION_MODE_FULL',
  chat: 'SESSION_MODE_CHAT_ONLY',
  remote: 'SESSION_MODE_REMOTE_ONLY',
};

interface Kept {
  mode: DeviceMode;
  /** Starts do not wait for this device: it catches up by itself. */
  excused: boolean;
  /** How late the sound comes, in ms, by the name of the audio output; '' where the browser gives no name. */
  audioOffsetsMs: Readonly<Record<string, number>>;
}

interface Device extends Kept {
  /** Name of the audio output; '' where the browser gives none. */
  output: string;
  setMode: (mode: DeviceMode) => void;
  setExcused: (excused: boolean) => void;
  setOutput: (output: string) => void;
  setAudioOffset: (ms: number) => void;
}

export const MAX_AUDIO_OFFSET_MS = 500;
const KEY = 'syncwatch.device';
const MAX_OUTPUTS = 16;

export const useDevice = create<Device>((set) => ({
  ...read(localStorage.getItem(KEY)),
  ...modeOfTab(sessionStorage.getItem(KEY)),
  output: '',
  setMode: (mode) => set({ mode }),
  setExcused: (excused) => set({ excused }),
  setOutput: (output) => set({ output }),
  setAudioOffset: (ms) =>
    set(({ audioOffsetsMs, output }) => ({ audioOffsetsMs: withOffset(audioOffsetsMs, output, ms) })),
}));

useDevice.subscribe(({ mode, excused, audioOffsetsMs }) => {
  localStorage.setItem(KEY, JSON.stringify({ mode, excused, audioOffsetsMs } satisfies Kept));
  sessionStorage.setItem(KEY, mode);
});

export function audioOffsetMs({ audioOffsetsMs, output }: Pick<Device, 'audioOffsetsMs' | 'output'>): number {
  return audioOffsetsMs[output] ?? 0;
}

/** Keeps the offsets of the outputs that were set last. */
export function withOffset(
  known: Readonly<Record<string, number>>,
  output: string,
  ms: number,
): Record<string, number> {
  const others = Object.entries(known).filter(([name]) => name !== output);
  const kept = ms === 0 ? others : [...others, [output, within(ms)] as const];
  return Object.fromEntries(kept.slice(-MAX_OUTPUTS));
}

/** Reads the stored settings. Invalid parts get their default. */
export function read(stored: string | null): Kept {
  const kept: Kept = { mode: 'watch', excused: false, audioOffsetsMs: {} };
  let value: unknown;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    return kept;
  }
  if (typeof value !== 'object' || value === null) return kept;
  const { mode, excused, audioOffsetsMs } = value as Partial<Record<keyof Kept, unknown>>;
  if (mode === 'chat' || mode === 'remote') kept.mode = mode;
  kept.excused = excused === true;
  if (typeof audioOffsetsMs === 'object' && audioOffsetsMs !== null) {
    const sane = Object.entries(audioOffsetsMs).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1]),
    );
    kept.audioOffsetsMs = Object.fromEntries(sane.slice(-MAX_OUTPUTS).map(([name, ms]) => [name, within(ms)]));
  }
  return kept;
}

export function modeOfTab(stored: string | null): Partial<Pick<Kept, 'mode'>> {
  return stored === 'watch' || stored === 'chat' || stored === 'remote' ? { mode: stored } : {};
}

function within(ms: number): number {
  return Math.max(-MAX_AUDIO_OFFSET_MS, Math.min(MAX_AUDIO_OFFSET_MS, Math.round(ms)));
}
