import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { cx } from './classes';

export interface Tab<Id extends string> {
  id: Id;
  label: string;
  /** A small number beside the label; 0 shows none. */
  count?: number;
  /** Something in it is new: an amber dot. */
  news?: boolean;
  panel: ReactNode;
}

interface Props<Id extends string> {
  label: string;
  tabs: readonly Tab<Id>[];
  current: Id;
  onChange: (id: Id) => void;
}

/** A segmented control with the panels that it switches. Every panel stays mounted. */
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
      <div
        role="tablist"
        aria-label={label}
        className="mx-3 mt-3 flex shrink-0 gap-0.5 rounded-[15px] bg-well p-[3px] in-data-float:hidden"
      >
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
              'hit flex h-9 grow basis-0 items-center justify-center gap-1.5 rounded-control text-label transition',
              tab.id === current ? 'chosen' : 'text-soft hover:text-ink',
            )}
          >
            {tab.label}
            {tab.count ? <span className="text-[11.5px] text-faint tabular-nums">{tab.count}</span> : null}
            {tab.news && (
              <span className="size-1.5 rounded-full bg-warn">
                <span className="sr-only">new</span>
              </span>
            )}
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
