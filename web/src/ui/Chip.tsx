import type { ReactNode } from 'react';
import { cx } from './classes';

export type Tone = 'good' | 'warn' | 'bad' | 'plain';

const DOTS: Record<Tone, string> = { good: 'bg-good', warn: 'bg-warn', bad: 'bg-bad', plain: 'bg-faint' };

export function Dot({ tone }: { tone: Tone }) {
  return <span aria-hidden className={cx('inline-block size-2 shrink-0 rounded-full', DOTS[tone])} />;
}

export function Chip({ tone, children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 rounded-full border border-edge bg-well px-2.5 py-0.5 text-xs font-medium text-soft">
      {tone && <Dot tone={tone} />}
      {children}
    </span>
  );
}
