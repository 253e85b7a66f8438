import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { cx } from './classes';

export interface Tab<Id extends string> {
  id: Id;
  label: string;
  icon: ReactNode;
  /** A small number beside the label; 0 shows none. */
  count?: number;
  panel: ReactNode;
}

interface Props<Id extends string> {
  label: string;
  tabs: readonly Tab<Id>[];
  current: Id;
  onChange: (id: Id) => void;
}

export function Tabs<Id extends string>({ label, tabs, current, onChange }: Props<Id>) {
  const base = useId();
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.stopPropagation();
    const at = tabs.findIndex((t) => t.id === current);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.id);
    document.getElementById(`${base}-${next.id}`)?.focus();
  };
  return (
    <div className="flex min-h-0 grow flex-col">
      <div role="tablist" aria-label={label} className="m-2 mb-0 flex gap-1 rounded-2xl bg-well p-1">
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${base}-${tab.id}`}
            aria-selected={tab.id === current}
            aria-controls={`${base}-${tab.id}-panel`}
            tabIndex={tab.id === current ? 0 : -1}
            onKeyDown={move}
            onClick={() => onChange(tab.id)}
            className={cx(
              'flex h-9 grow items-center justify-center gap-2 rounded-xl text-sm font-semibold transition',
              tab.id === current ? 'glass text-ink' : 'text-soft hover:text-ink',
            )}
          >
            {tab.icon}
            {tab.label}
            {tab.count ? <span className="rounded-full bg-hover px-1.5 text-xs tabular-nums">{tab.count}</span> : null}
          </button>
        ))}
      </div>
      {tabs.map((tab) => (
        <div
          key={tab.id}
          role="tabpanel"
          id={`${base}-${tab.id}-panel`}
          aria-labelledby={`${base}-${tab.id}`}
          hidden={tab.id !== current}
          className={tab.id === current ? 'flex min-h-0 grow flex-col' : undefined}
        >
          {tab.panel}
        </div>
      ))}
    </div>
  );
}
