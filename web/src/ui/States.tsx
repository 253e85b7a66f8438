import { CircleAlert, RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './Button';

/** A list that has nothing yet: says so, and what to do. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-1.5 px-6 py-8 text-center">
      <p className="text-[15px] font-bold">{title}</p>
      {children && <div className="max-w-sm text-sm text-balance text-soft">{children}</div>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}

/** Grey rows in the place of a list that loads. */
export function LoadingRows({ label, rows = 3 }: { label: string; rows?: number }) {
  return (
    <div role="status" aria-label={label} className="grid gap-3 p-1">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="breathe flex items-center gap-3" style={{ animationDelay: `${row * 120}ms` }}>
          <span className="h-10.5 w-19 shrink-0 rounded-[9px] bg-raised" />
          <span className="grid grow gap-2">
            <span className="h-3 w-3/5 rounded-full bg-raised" />
            <span className="h-2.5 w-2/5 rounded-full bg-raised" />
          </span>
        </div>
      ))}
    </div>
  );
}

/** Something could not be read: says why, and tries again. */
export function FailedState({ text, onRetry }: { text: string; onRetry: () => void }) {
  return (
    <div role="alert" className="grid justify-items-center gap-3 px-6 py-8 text-center">
      <CircleAlert size={22} aria-hidden className="text-bad" />
      <p className="max-w-sm text-sm text-balance text-soft">{text}</p>
      <Button size="sm" onClick={onRetry}>
        <RotateCcw size={15} aria-hidden />
        Try again
      </Button>
    </div>
  );
}
