import type { ComponentProps } from 'react';
import { cx } from './classes';
import { Spinner } from './Spinner';

type Look = 'lit' | 'glass' | 'quiet' | 'danger';

const LOOKS: Record<Look, string> = {
  lit: 'lit hover:brightness-110',
  glass: 'glass hover:bg-hover',
  quiet: 'hover:bg-hover text-soft hover:text-ink',
  danger: 'glass text-bad hover:bg-hover',
};

interface Props extends ComponentProps<'button'> {
  look?: Look;
  size?: 'md' | 'lg' | 'sm';
  busy?: boolean;
}

const SIZES = {
  sm: 'h-8 px-3 text-sm rounded-xl gap-1.5',
  md: 'h-10 px-4 rounded-2xl gap-2',
  lg: 'h-13 px-6 text-lg rounded-2xl gap-2.5',
};

export function Button({
  look = 'glass',
  size = 'md',
  busy = false,
  className,
  children,
  disabled,
  type = 'button',
  ...rest
}: Props) {
  return (
    <button
      {...rest}
      // oxlint-disable-next-line react/button-has-type -- one of the three, by its type
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(
        'inline-flex items-center justify-center font-semibold whitespace-nowrap transition select-none active:scale-[0.98] disabled:opacity-55',
        SIZES[size],
        LOOKS[look],
        className,
      )}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

interface IconProps extends ComponentProps<'button'> {
  /** Accessible name, and tooltip. */
  label: string;
  /** Keyboard shortcut. */
  shortcut?: string;
}

export function IconButton({ label, shortcut, className, children, ...rest }: IconProps) {
  return (
    <button
      {...rest}
      type="button"
      aria-label={label}
      aria-keyshortcuts={shortcut}
      title={shortcut ? `${label} (${shortcut})` : label}
      className={cx(
        'inline-grid size-10 shrink-0 place-items-center rounded-xl transition hover:bg-hover active:scale-95 disabled:opacity-45',
        className,
      )}
    >
      {children}
    </button>
  );
}
