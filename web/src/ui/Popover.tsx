import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react';
import { IconButton } from './Button';
import { cx } from './classes';
import { useFloating } from './floating';

interface Props {
  /** Accessible name of the button and of the box. */
  label: string;
  icon: ReactNode;
  /** Shows the button as active. */
  pressed?: boolean;
  className?: string;
  place?: 'start' | 'end';
  children: ReactNode;
}

/** A button with a box of controls. Escape closes it, and the focus returns. */
export function Popover({ label, icon, pressed = false, className, place = 'end', children }: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const shut = useCallback(() => setOpen(false), []);
  useFloating(box, button, { open, place, onClose: shut });
  useEffect(() => {
    if (open) (box.current?.querySelector<HTMLElement>('input, select, button') ?? box.current)?.focus();
  }, [open]);
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <IconButton
        ref={button}
        label={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        className={cx(className, (open || pressed) && 'bg-accent/14 text-accent')}
      >
        {icon}
      </IconButton>
      {open && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes it wherever the focus is in it
        <div
          ref={box}
          id={id}
          popover="manual"
          role="dialog"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={press}
          className="glass-strong rise slim-scroll fixed inset-auto m-0 w-76 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-[17px] p-3 text-ink outline-none pointer-events-auto"
        >
          {children}
        </div>
      )}
    </>
  );
}
