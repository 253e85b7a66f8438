import { create } from 'zustand';

export interface ToastAction {
  label: string;
  onPress: () => void;
}

export interface Toast {
  id: number;
  text: string;
  action?: ToastAction | undefined;
}

const MAX = 2;
const SHOWN_MS = 6_000;
/** Long enough to read and to undo. */
const SHOWN_WITH_ACTION_MS = 12_000;
let nextId = 1;

export const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }));

/** Shows a short text for a few seconds, with at most one thing to do about it. The same text is not shown twice. */
export function notify(text: string, { action, forMs }: { action?: ToastAction; forMs?: number } = {}): void {
  const id = nextId;
  nextId += 1;
  useToasts.setState(({ toasts }) => ({
    toasts: [...toasts.filter((t) => t.text !== text), { id, text, action }].slice(-MAX),
  }));
  setTimeout(() => (isHeld ? overdue.add(id) : dismiss(id)), forMs ?? (action ? SHOWN_WITH_ACTION_MS : SHOWN_MS));
}

/** Toasts stay while somebody points at one or has the focus in one. */
let isHeld = false;
const overdue = new Set<number>();

export function hold(held: boolean): void {
  isHeld = held;
  if (held) return;
  for (const id of overdue) dismiss(id);
  overdue.clear();
}

export function dismiss(id: number): void {
  // An element that is removed under the pointer does not say that the pointer has left it.
  isHeld = false;
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((t) => t.id !== id) }));
}
