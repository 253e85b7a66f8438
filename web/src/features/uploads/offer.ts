// Files that were chosen or dropped, until the person has seen what will happen to them.
import { create } from 'zustand';
import type { ChosenFile } from './files';

interface Offer {
  /** Empty: the library alone. */
  roomId: string;
  files: readonly ChosenFile[];
}

export const useOffer = create<{ offer: Offer | null }>(() => ({ offer: null }));

export function offerFiles(roomId: string, files: readonly ChosenFile[]): void {
  if (files.length > 0) useOffer.setState({ offer: { roomId, files } });
}

export function closeOffer(): void {
  useOffer.setState({ offer: null });
}
