import { X } from 'lucide-react';
import { type PointerEvent, type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from './Button';
import { cx } from './classes';

interface Props {
  title: string;
  /** Without it people cannot close the dialog. */
  onClose?: () => void;
  /** For dialogs with several fields. No field gets the focus: on a phone the keyboard would cover half of the dialog. */
  wide?: boolean;
  /** Stays in view below the content. */
  footer?: ReactNode;
  children: ReactNode;
}

/** A modal dialog; on phones a sheet from below. */
export function Dialog({ title, onClose, wide = false, footer, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // By default the browser focuses the close button.
    ((wide ? null : dialog?.querySelector<HTMLElement>('input:not([readonly])')) ?? dialog)?.focus();
    return () => dialog?.close();
  }, [wide]);
  /** A press on the backdrop has the dialog itself as its target, and lies outside of its box. */
  const press = (event: PointerEvent<HTMLDialogElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const inside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (event.target !== event.currentTarget || inside) return;
    // Fields that are saved when they are left must not be removed before.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    onClose?.();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a press beside it closes; Escape and the button do the same
    <dialog
      ref={ref}
      aria-label={title}
      tabIndex={-1}
      onPointerDown={press}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      className={cx(
        'glass-strong rise m-auto max-h-[calc(100dvh-2rem)] flex-col rounded-sheet text-ink outline-none open:flex phone:sheet-up phone:mb-0 phone:max-h-[88dvh] phone:w-full phone:max-w-full phone:rounded-b-none',
        wide ? 'w-[min(36rem,calc(100vw-2rem))]' : 'w-[min(27rem,calc(100vw-2rem))]',
      )}
    >
      <header className="flex shrink-0 items-start gap-3 pt-4 pr-3 pb-2 pl-5">
        <h2 className="grow pt-1.5 text-title">{title}</h2>
        {onClose && (
          <IconButton label="Close" onClick={onClose}>
            <X size={20} />
          </IconButton>
        )}
      </header>
      <div className="slim-scroll min-h-0 overflow-y-auto px-5 pt-2 pb-5">{children}</div>
      {footer && (
        <footer className="flex shrink-0 items-center justify-end gap-2 border-t border-edge px-5 py-3.5">
          {footer}
        </footer>
      )}
    </dialog>
  );
}
