import { useId } from 'react';
import { cx } from './classes';

interface Props {
  label: string;
  /** A short explanation below. */
  hint?: string;
  /** The value that belongs to it, beside the switch: `up to 5 s`. */
  detail?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  busy?: boolean;
}

/** For what is saved at once. In a form that is saved as a whole, use `Check`. */
export function Switch({ label, hint, detail, checked, onChange, disabled = false, busy = false }: Props) {
  const id = useId();
  return (
    <label
      className={cx(
        'flex min-h-target cursor-pointer items-center gap-3 px-1.5 py-1.5',
        disabled && 'cursor-default opacity-55',
      )}
    >
      <span className="min-w-0 grow">
        <span className="block text-label">{label}</span>
        {hint && (
          <span id={id} aria-hidden className="block text-small text-faint">
            {hint}
          </span>
        )}
      </span>
      {detail && <span className="shrink-0 text-label text-faint tabular-nums">{detail}</span>}
      <input
        type="checkbox"
        role="switch"
        aria-checked={checked}
        checked={checked}
        disabled={disabled || busy}
        aria-busy={busy || undefined}
        aria-describedby={hint ? id : undefined}
        onChange={(event) => onChange(event.target.checked)}
        className="relative h-6 w-10 shrink-0 cursor-pointer appearance-none rounded-full bg-hover transition before:absolute before:top-[3px] before:left-[3px] before:size-[18px] before:rounded-full before:bg-soft before:transition checked:bg-good checked:before:translate-x-4 checked:before:bg-ground disabled:cursor-default"
      />
    </label>
  );
}
