import { type ReactNode, useId } from 'react';

/** A part of the settings with its question. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid gap-3">
      <h3 id={id} className="text-label text-soft">
        {title}
      </h3>
      {children}
    </section>
  );
}
