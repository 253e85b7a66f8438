import { X } from 'lucide-react';
import { IconButton } from './Button';
import { dismiss, useToasts } from './toasts';

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-4 z-50 flex flex-col items-center gap-2 px-4">
      {toasts.map((toast) => (
        <div key={toast.id} className="glass-strong rise pointer-events-auto flex max-w-md items-center gap-2 rounded-2xl py-1 pr-1 pl-4 text-sm font-medium">
          <span className="py-1.5">{toast.text}</span>
          <IconButton label="Dismiss" onClick={() => dismiss(toast.id)} className="size-8">
            <X size={16} />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
