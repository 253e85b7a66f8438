// The form of a new room has many settings: each part is folded until it is wanted.
import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId } from 'react';

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="group card px-3.5">
      <summary className="flex min-h-12 cursor-pointer list-none items-center gap-2 rounded-[17px] font-semibold">
        <ChevronRight size={18} aria-hidden className="shrink-0 text-soft transition group-open:rotate-90" />
        {title}
      </summary>
      <div className="grid gap-4 pt-1 pb-4">{children}</div>
    </details>
  );
}

export function Description({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block px-1 text-label text-soft">
        Description
      </label>
      <textarea
        id={id}
        rows={3}
        maxLength={1_000}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="field slim-scroll w-full resize-none px-4 py-3 outline-none focus:outline-2 focus:outline-accent"
      />
    </div>
  );
}
