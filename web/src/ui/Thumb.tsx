import { Film } from 'lucide-react';
import { useState } from 'react';
import { colorOf } from './Avatar';
import { cx } from './classes';

interface Props {
  /** Empty: the title's own colours. */
  src?: string;
  title: string;
  /** A folder: sheets behind it. */
  stack?: boolean;
  className?: string;
}

/** The picture of a film, 16:9. */
export function Thumb({ src = '', title, stack = false, className }: Props) {
  const [failed, setFailed] = useState('');
  const color = colorOf(title);
  return (
    <span
      aria-hidden
      className={cx(
        'relative grid aspect-video shrink-0 place-items-center overflow-hidden rounded-[9px] inset-ring inset-ring-white/14',
        stack && 'shadow-[4px_-4px_0_-1px_var(--hover),8px_-8px_0_-2px_var(--raised)]',
        className,
      )}
      style={{
        background: `linear-gradient(180deg, #1f1b40, color-mix(in oklab, ${color} 55%, #5a2c5e) 75%, ${color})`,
      }}
    >
      {src && src !== failed ? (
        <img
          src={src}
          alt=""
          loading="lazy"
          referrerPolicy="no-referrer"
          onError={() => setFailed(src)}
          className="absolute inset-0 size-full object-cover"
        />
      ) : (
        <Film className="size-1/3 max-h-8 text-white/70" />
      )}
    </span>
  );
}
