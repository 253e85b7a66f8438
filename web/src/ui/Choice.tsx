import { type ReactNode, useId } from 'react';
import { cx } from './classes';

export interface Option<Value extends string> {
  value: Value;
  label: string;
  /** A short explanation. */
  hint?: string;
  icon?: ReactNode;
}

interface Props<Value extends string> {
  label: string;
  /** Keeps the label for screen readers only. */
  bare?: boolean;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  disabled?: boolean;
}

/** Radio buttons as cards: choices in sentences. */
export function Choice<Value extends string>({
  label,
  bare = false,
  options,
  value,
  onChange,
  disabled,
}: Props<Value>) {
  const name = useId();
  return (
    <fieldset disabled={disabled} className="min-w-0">
      <legend className={bare ? 'sr-only' : 'mb-2 px-1.5 text-small font-bold text-faint'}>{label}</legend>
      <div className="grid gap-1.5">
        {options.map((option) => (
          <label
            key={option.value}
            className={cx(
              'flex min-h-11 cursor-pointer items-start gap-3 rounded-[15px] px-3.5 py-2.5 transition has-disabled:cursor-default has-focus-visible:outline-2 has-focus-visible:outline-accent',
              option.value === value
                ? 'bg-hover inset-ring-[1.5px] inset-ring-accent'
                : 'bg-raised inset-ring inset-ring-edge hover:bg-hover has-disabled:opacity-55',
            )}
          >
            <input
              type="radio"
              name={name}
              aria-describedby={option.hint ? `${name}-${option.value}` : undefined}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
            />
            <span className="min-w-0 grow">
              <span className="block text-[14.5px] leading-[1.3] font-semibold">{option.label}</span>
              {option.hint && (
                <span id={`${name}-${option.value}`} aria-hidden className="mt-0.5 block text-small text-soft">
                  {option.hint}
                </span>
              )}
            </span>
            {option.icon && (
              <span aria-hidden className="shrink-0 self-center text-soft">
                {option.icon}
              </span>
            )}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
