import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from './Button';
import { cx } from './classes';

interface Props {
  title: string;
  /** Without it people cannot close the dialog. */
  onClose?: () => void;
  /** For dialogs with several fields. No field gets the focus: on a phone the keyboard would cover half of the dialog. */
  wide?: boolean;
  children: ReactNode;
}

export function Dialog({ title, onClose, wide = false, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // By default the browser focuses the close button.
    ((wide ? null : dialog?.querySelector<HTMLElement>('input:not([readonly])')) ?? dialog)?.focus();
    return () => dialog?.close();
  }, [wide]);
  return (
    <dialog
      ref={ref}
      aria-label={title}
      tabIndex={-1}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      className={cx(
        'glass-strong rise slim-scroll m-auto max-h-[calc(100dvh-2rem)] rounded-3xl p-6 outline-none text-ink',
        wide ? 'w-[min(36rem,calc(100vw-2rem))]' : 'w-[min(27rem,calc(100vw-2rem))]',
      )}
    >
      <header className="mb-4 flex items-start gap-3">
        <h2 className="grow text-xl font-bold">{title}</h2>
        {onClose && (
          <IconButton label="Close" onClick={onClose} className="-mt-1.5 -mr-2">
            <X size={20} />
          </IconButton>
        )}
      </header>
      {children}
    </dialog>
  );
}
