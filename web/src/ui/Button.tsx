import type { ComponentProps } from 'react';
import { cx } from './classes';
import { Spinner } from './Spinner';

type Look = 'lit' | 'glass' | 'quiet' | 'danger';

const LOOKS: Record<Look, string> = {
  lit: 'lit hover:brightness-105',
  glass: 'bg-raised hover:bg-hover text-ink',
  quiet: 'hover:bg-hover text-soft hover:text-ink',
  danger: 'bg-raised hover:bg-hover text-bad',
};

interface Props extends ComponentProps<'button'> {
  /** `lit` is for the one thing that a person should press. */
  look?: Look;
  /** `sm` for lists and cards. */
  size?: 'md' | 'lg' | 'sm';
  busy?: boolean;
}

const SIZES = {
  sm: 'hit h-8.5 px-3 text-label rounded-[11px] gap-1.5',
  md: 'h-target px-4 text-[14.5px] rounded-full gap-2',
  lg: 'h-13 px-6 text-base rounded-[18px] gap-2.5',
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
        'inline-flex shrink-0 items-center justify-center font-semibold whitespace-nowrap transition select-none active:scale-[0.98] disabled:opacity-55 aria-disabled:opacity-55',
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
        'inline-grid size-target shrink-0 place-items-center rounded-[13px] transition hover:bg-hover active:scale-95 disabled:opacity-45 aria-disabled:opacity-55',
        className,
      )}
    >
      {children}
    </button>
  );
}
