// The uploads of this page, as components see them.
import { createStore } from 'zustand/vanilla';
import type { Refusal } from './refusal';

/**
 * `waiting`: others are sent first. `lost`: the browser needs the file, or a tap to read it, again. `elsewhere`: another tab
 * sends it.
 */
export type Step = 'waiting' | 'sending' | 'paused' | 'lost' | 'elsewhere' | 'preparing' | 'ready' | 'failed';

export interface UploadView {
  key: string;
  /** Empty: for the library alone. */
  roomId: string;
  filename: string;
  sizeBytes: number;
  /** Tells cards in the order in which they were begun. */
  createdMs: number;
  step: Step;
  /** Empty until the server knows it. */
  uploadId: string;
  /** Empty: it is on no playlist. */
  itemId: string;
  /** Bytes that the server has acknowledged. */
  sentBytes: number;
  /** Null while it is not known. */
  bytesPerSecond: number | null;
  /** How much is prepared. */
  percent: number;
  /** It can be watched, although not everything may be there. */
  playable: boolean;
  /** Why it failed, or what the person has to do. */
  problem: Refusal | null;
  /** Why nothing is sent just now, although it goes on by itself; empty otherwise. */
  note: string;
}

export interface UploadsState {
  /** Whose uploads these are; empty: nobody is signed in. */
  personId: string;
  uploads: readonly UploadView[];
}

export const uploadsStore = createStore<UploadsState>(() => ({ personId: '', uploads: [] }));

/** Sending is not over. */
export function isUnsent({ step }: UploadView): boolean {
  return step === 'waiting' || step === 'sending' || step === 'paused' || step === 'lost' || step === 'elsewhere';
}

/** Uploads for a room, or for the library (empty), in the order in which they were begun. */
export function uploadsFor(state: UploadsState, roomId: string): UploadView[] {
  return state.uploads.filter((upload) => upload.roomId === roomId).toSorted((a, b) => a.createdMs - b.createdMs);
}

/** Adds or changes an upload. Progress never goes back (complaint of A3: 100 % became 0). */
export function change(key: string, part: Partial<UploadView>): void {
  uploadsStore.setState(({ uploads }) => ({
    uploads: uploads.map((upload) => (upload.key === key ? forward(upload, part) : upload)),
  }));
}

export function show(view: UploadView): void {
  uploadsStore.setState(({ uploads }) => ({ uploads: [...uploads.filter(({ key }) => key !== view.key), view] }));
}

export function drop(key: string): void {
  uploadsStore.setState(({ uploads }) => ({ uploads: uploads.filter((upload) => upload.key !== key) }));
}

export function viewOf(key: string): UploadView | undefined {
  return uploadsStore.getState().uploads.find((upload) => upload.key === key);
}

function forward(before: UploadView, part: Partial<UploadView>): UploadView {
  const after = { ...before, ...part };
  return {
    ...after,
    sentBytes: Math.max(before.sentBytes, after.sentBytes),
    percent: Math.max(before.percent, after.percent),
    playable: before.playable || after.playable,
  };
}
