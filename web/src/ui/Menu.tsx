import { Check } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react';
import { IconButton } from './Button';
import { cx } from './classes';
import { useFloating } from './floating';

export interface MenuItem {
  label: string;
  onSelect: () => void;
  icon?: ReactNode;
  /** A second line. */
  hint?: string;
  /** Something that is on or off: a tick. The menu stays open. */
  checked?: boolean;
  danger?: boolean;
  disabled?: boolean;
  /** A line above it. */
  apart?: boolean;
}

interface Props {
  /** Accessible name of the button, and tooltip. */
  label: string;
  icon: ReactNode;
  items: readonly MenuItem[];
  className?: string;
  place?: 'start' | 'end';
}

/** A menu button as in the ARIA Authoring Practices: arrows move, Escape closes, and the focus returns. */
export function Menu({ label, icon, items, className, place = 'end' }: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const shut = useCallback(() => setOpen(false), []);
  useFloating(list, button, { open, place, onClose: shut });

  useEffect(() => {
    if (open) list.current?.querySelector<HTMLElement>('[role^=menuitem]:not(:disabled)')?.focus();
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const entries = [...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]:not(:disabled)') ?? [])];
    const at = entries.findIndex((entry) => entry === document.activeElement);
    const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const target = targets[event.key];
    if (target === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (target === undefined) close();
    else entries.at(target % entries.length)?.focus();
  };

  return (
    <>
      <IconButton
        ref={button}
        label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        className={className}
      >
        {icon}
      </IconButton>
      {open && (
        <div
          ref={list}
          id={id}
          popover="manual"
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={press}
          className="glass-strong rise slim-scroll fixed inset-auto m-0 w-max max-w-[min(20rem,calc(100vw-1rem))] min-w-56 overflow-y-auto rounded-[17px] p-1.5 text-ink outline-none pointer-events-auto"
        >
          {items.map((item) => (
            <div key={item.label} role="none" className={item.apart ? 'mt-1.5 border-t border-edge pt-1.5' : undefined}>
              <button
                type="button"
                role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
                aria-checked={item.checked}
                tabIndex={-1}
                disabled={item.disabled}
                onClick={() => {
                  if (item.checked === undefined) close();
                  item.onSelect();
                }}
                className={cx(
                  'flex min-h-target w-full items-center gap-3 rounded-[11px] px-3 py-1.5 text-left text-label hover:bg-hover focus-visible:bg-hover focus-visible:outline-none disabled:opacity-45',
                  item.danger && 'text-bad',
                )}
              >
                {item.icon}
                <span className="min-w-0 grow">
                  {item.label}
                  {item.hint && <span className="block text-small text-faint">{item.hint}</span>}
                </span>
                {item.checked && <Check size={17} aria-hidden className="shrink-0 text-good" />}
              </button>
            </div>
          ))}
        </div>
      )}
    </>
  );
}
