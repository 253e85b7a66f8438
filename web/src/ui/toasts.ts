import { create } from 'zustand';

export interface Toast {
  id: number;
  text: string;
}

const MAX = 3;
const SHOWN_MS = 6_000;
let nextId = 1;

export const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }));

/** Shows a short text for a few seconds. The same text is not shown twice. */
export function notify(text: string): void {
  const id = nextId;
  nextId += 1;
  useToasts.setState(({ toasts }) => ({
    toasts: [...toasts.filter((t) => t.text !== text), { id, text }].slice(-MAX),
  }));
  setTimeout(() => dismiss(id), SHOWN_MS);
}

export function dismiss(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((t) => t.id !== id) }));
}
