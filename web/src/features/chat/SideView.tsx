import { ArrowLeft } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from '../../ui/Button';

/** A view in place of the list: search, pins, reports. Escape leads back. */
export function SideView({ title, onBack, children }: { title: string; onBack: () => void; children: ReactNode }) {
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    const { current } = root;
    (current?.querySelector<HTMLElement>('input') ?? current?.querySelector<HTMLElement>('button'))?.focus();
  }, []);
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onBack();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape works wherever the focus is in it
    <section ref={root} aria-label={title} onKeyDown={press} className="flex min-h-0 grow flex-col">
      <header className="flex items-center gap-1 px-3 pt-1">
        <IconButton label="Back to the chat" onClick={onBack} className="size-9">
          <ArrowLeft size={18} />
        </IconButton>
        <h2 className="truncate text-label font-semibold">{title}</h2>
      </header>
      {children}
    </section>
  );
}
