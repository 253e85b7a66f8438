import type { ReactNode } from 'react';
import { Panel } from '../ui/Panel';
import { Shell } from './Shell';

/** A page that says what happened and what to do. */
export function Message({ title, children, actions }: { title: string; children: ReactNode; actions: ReactNode }) {
  return (
    <Shell>
      <main className="grid grow place-items-center p-4">
        <Panel className="rim rise relative max-w-md p-8 text-center">
          <h1 className="text-title">{title}</h1>
          <p className="mt-3 text-soft">{children}</p>
          <div className="mt-6 flex flex-wrap justify-center gap-3">{actions}</div>
        </Panel>
      </main>
    </Shell>
  );
}
