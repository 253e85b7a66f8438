import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { Button, IconButton } from './Button';
import { dismiss, hold, useToasts } from './toasts';
import { useFullscreen } from './useFullscreen';

/**
 * A popover, since only the top layer is visible over full screen and dialogs, and a part of what is in full screen, since
 * everything else takes no presses then. Each new toast raises it to the top.
 */
export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  const ref = useRef<HTMLDivElement>(null);
  const newest = toasts.at(-1)?.id;
  const full = useFullscreen();
  useEffect(() => {
    const element = ref.current;
    if (!element || typeof element.showPopover !== 'function') return;
    if (element.matches(':popover-open')) element.hidePopover();
    element.showPopover();
  }, [newest, full]);
  return createPortal(
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it only keeps what is being read
    <div
      ref={ref}
      popover="manual"
      role="status"
      aria-live="polite"
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocus={() => hold(true)}
      onBlur={() => hold(false)}
      className="pointer-events-none fixed inset-x-0 top-[max(12px,env(safe-area-inset-top))] bottom-auto z-50 m-0 flex w-auto flex-col items-center gap-2 overflow-visible border-0 bg-transparent px-4 text-ink"
    >
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className="glass-strong rise pointer-events-auto flex max-w-lg items-center gap-2 rounded-[23px] py-1 pr-1 pl-4 text-label"
        >
          <span className="py-1.5">{toast.text}</span>
          {toast.action && (
            <Button
              size="sm"
              className="ml-1 rounded-full"
              onClick={() => {
                dismiss(toast.id);
                toast.action?.onPress();
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <IconButton label="Dismiss" onClick={() => dismiss(toast.id)} className="hit size-8.5 rounded-full">
            <X size={16} />
          </IconButton>
        </div>
      ))}
    </div>,
    full ?? document.body,
  );
}
