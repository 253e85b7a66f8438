import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from './Button';
import { cx } from './classes';

export interface Page<Id extends string> {
  id: Id;
  label: string;
  icon: ReactNode;
  /** A small number beside the label; 0 shows none. */
  count?: number;
  content: ReactNode;
}

interface Props<Id extends string> {
  title: string;
  pages: readonly Page<Id>[];
  current: Id;
  onChange: (id: Id) => void;
  onClose: () => void;
}

function inView(button: HTMLElement | null): void {
  button?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

/** A large dialog with several pages, over what goes on behind it. It fills the screen of a phone. */
export function Pages<Id extends string>({ title, pages, current, onChange, onClose }: Props<Id>) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  useEffect(() => heading.current?.focus(), []);
  const page = pages.find(({ id }) => id === current) ?? pages[0];
  return (
    <dialog
      ref={ref}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="glass-strong rise m-auto h-[min(48rem,calc(100dvh-2rem))] w-[min(64rem,calc(100vw-2rem))] max-w-none flex-col overflow-hidden rounded-sheet text-ink open:flex phone:h-dvh phone:max-h-none phone:w-screen phone:rounded-none"
    >
      <header className="flex items-center gap-3 px-5 pt-4 pb-2">
        <h2 ref={heading} tabIndex={-1} className="grow text-xl font-bold outline-none">
          {title}
        </h2>
        <IconButton label="Close" onClick={onClose} className="-mr-2">
          <X size={20} />
        </IconButton>
      </header>
      <div className="flex min-h-0 grow phone:flex-col">
        <nav
          aria-label={title}
          className="slim-scroll flex w-52 shrink-0 flex-col gap-0.5 overflow-auto p-3 pt-1 phone:w-auto phone:flex-row"
        >
          {pages.map(({ id, label, icon, count }) => (
            <button
              key={id}
              type="button"
              // On a phone the names stand in one line that scrolls.
              ref={id === page?.id ? inView : undefined}
              aria-current={id === page?.id ? 'page' : undefined}
              onClick={() => onChange(id)}
              className={cx(
                'flex h-target shrink-0 items-center gap-2.5 rounded-control px-3 text-left text-label whitespace-nowrap transition',
                id === page?.id ? 'bg-hover text-ink' : 'text-soft hover:bg-hover hover:text-ink',
              )}
            >
              {icon}
              <span className="grow">{label}</span>
              {count ? <span className="rounded-full bg-well px-1.5 text-xs tabular-nums">{count}</span> : null}
            </button>
          ))}
        </nav>
        <section key={page?.id} aria-label={page?.label} className="slim-scroll min-w-0 grow overflow-y-auto p-5 pt-1">
          {page?.content}
        </section>
      </div>
    </dialog>
  );
}
