import { type ReactNode, useEffect, useRef } from 'react';
import { cx } from './classes';

/** A message that stays until its cause is gone. An error is scrolled into view, since it may be off the screen of a phone. */
export function Notice({
  tone,
  icon,
  children,
}: {
  tone: 'warn' | 'bad' | 'plain';
  icon?: ReactNode;
  children: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (tone === 'bad') box.current?.scrollIntoView({ block: 'nearest' });
  }, [tone, children]);
  return (
    <div
      ref={box}
      role={tone === 'bad' ? 'alert' : 'status'}
      className={cx(
        'flex items-center gap-3 rounded-2xl border px-4 py-2.5 text-sm font-medium',
        tone === 'bad'
          ? 'border-bad/40 bg-bad/10'
          : tone === 'warn'
            ? 'border-warn/40 bg-warn/10'
            : 'border-edge bg-well',
      )}
    >
      {icon}
      <div className="grow">{children}</div>
    </div>
  );
}
