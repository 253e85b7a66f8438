import { useId } from 'react';
import { cx } from './classes';

export interface Segment<Value extends string> {
  value: Value;
  label: string;
  /** Tooltip. */
  hint?: string;
}

interface Props<Value extends string> {
  /** Accessible name of the group. */
  label: string;
  options: readonly Segment<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  disabled?: boolean;
  /** It looks disabled, and can be pressed all the same: the press is refused with an explanation. */
  refuses?: boolean;
  className?: string;
}

/** Radio buttons in one row: one of a few short words. Arrow keys move, as in any radio group. */
export function Segmented<Value extends string>({
  label,
  options,
  value,
  onChange,
  disabled,
  refuses = false,
  className,
}: Props<Value>) {
  const name = useId();
  return (
    <fieldset disabled={disabled} aria-disabled={refuses || undefined} className={cx('min-w-0', className)}>
      <legend className="sr-only">{label}</legend>
      <div className="flex gap-0.5 rounded-[13px] bg-well p-[3px]">
        {options.map((option) => (
          <label
            key={option.value}
            title={option.hint}
            className={cx(
              'hit flex h-7.5 min-w-0 grow cursor-pointer items-center justify-center rounded-[10px] px-1.5 text-small whitespace-nowrap transition has-disabled:cursor-default has-focus-visible:outline-2 has-focus-visible:outline-accent touch:h-9',
              option.value === value ? 'chosen' : 'text-soft hover:text-ink has-disabled:opacity-55',
              refuses && option.value !== value && 'opacity-55',
            )}
          >
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              aria-disabled={refuses || undefined}
              onChange={() => onChange(option.value)}
              className="sr-only"
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
