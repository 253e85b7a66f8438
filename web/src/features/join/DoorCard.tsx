import { type ReactNode, useEffect, useRef } from 'react';
import { Panel } from '../../ui/Panel';

interface Props {
  title: string;
  /** What is known of the room, above the content. */
  about?: ReactNode;
  children: ReactNode;
}

/** One step on the way into a room. Its first field gets the focus, else the step itself, so that it is read aloud. */
export function DoorCard({ title, about, children }: Props) {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    (ref.current?.querySelector<HTMLElement>('input:not([readonly]), textarea') ?? ref.current)?.focus();
  }, []);
  return (
    <main className="grid grow place-items-center p-4">
      <Panel ref={ref} tabIndex={-1} aria-label={title} className="rise w-full max-w-md p-6 outline-none">
        <h1 className="text-2xl font-bold text-balance">{title}</h1>
        {about}
        <div className="mt-5 grid gap-5">{children}</div>
      </Panel>
    </main>
  );
}
