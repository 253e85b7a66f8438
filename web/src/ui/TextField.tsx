import { type ComponentProps, type ReactNode, useEffect, useId, useRef } from 'react';
import { cx } from './classes';

interface Props extends ComponentProps<'input'> {
  label: string;
  /** Keeps the label for screen readers only. */
  bare?: boolean;
  hint?: string;
  error?: string;
  /** Buttons inside the field, at its end. */
  action?: ReactNode;
}

export function TextField({ label, bare = false, hint, error, action, className, ...rest }: Props) {
  const id = useId();
  const note = error || hint;
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (error) line.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  return (
    <div className={className}>
      <label htmlFor={id} className={bare ? 'sr-only' : 'mb-1.5 block px-1 text-label text-soft'}>
        {label}
      </label>
      <div
        className={cx(
          'field flex items-center gap-1 pr-1 transition focus-within:outline-2 focus-within:outline-accent',
          error && 'outline-2 outline-bad',
        )}
      >
        <input
          {...rest}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          className="h-11.5 w-full min-w-0 bg-transparent px-4 outline-none placeholder:text-faint"
        />
        {action}
      </div>
      <p
        ref={line}
        id={`${id}-note`}
        role={error ? 'alert' : undefined}
        className={cx('mt-1.5 px-1 text-sm empty:hidden', error ? 'text-bad' : 'text-faint')}
      >
        {note}
      </p>
    </div>
  );
}
