import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { IconButton } from './Button';

export interface MenuItem {
  label: string;
  icon: ReactNode;
  onSelect: () => void;
}

interface Props {
  /** Accessible name of the button, and tooltip. */
  label: string;
  icon: ReactNode;
  items: readonly MenuItem[];
  className?: string;
}

/** A menu button as in the ARIA Authoring Practices: arrows move, Escape closes, and the focus returns. */
export function Menu({ label, icon, items, className }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);

  const close = () => {
    setOpen(false);
    root.current?.querySelector<HTMLElement>('[aria-haspopup]')?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (!open) return;
    const entries = [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
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
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the keys of its menu pass through here
    <div ref={root} className="relative flex" onKeyDown={press}>
      <IconButton
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
          id={id}
          role="menu"
          aria-label={label}
          className="glass-strong rise absolute top-full right-0 z-40 mt-2 grid min-w-56 gap-0.5 rounded-2xl p-1.5"
        >
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close();
                item.onSelect();
              }}
              className="flex h-11 items-center gap-3 rounded-xl px-3 text-left font-medium whitespace-nowrap hover:bg-hover focus-visible:bg-hover focus-visible:outline-none"
            >
              {item.icon}
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
