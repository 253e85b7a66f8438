import type { ReactNode } from 'react';
import { cx } from './classes';

const TONES = {
  warn: 'bg-warn/20 text-warn',
  info: 'bg-info/18 text-info',
  plain: 'bg-hover text-soft',
};

interface Props {
  tone: keyof typeof TONES;
  /** A colour of its own, such as that of a role which the room made. */
  color?: string;
  children: ReactNode;
}

/** A short word beside a name: host, moderator, guest. */
export function Tag({ tone, color, children }: Props) {
  return (
    <span
      className={cx(
        'inline-block shrink-0 rounded-md px-1.5 py-[3px] align-[1px] text-[10.5px] leading-none font-bold',
        color ? 'bg-hover text-ink' : TONES[tone],
      )}
      style={color ? { boxShadow: `inset 2px 0 0 ${color}` } : undefined}
    >
      {children}
    </span>
  );
}
