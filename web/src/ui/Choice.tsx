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
}

/** Radio buttons with explanations. */
export function Choice<Value extends string>({ label, bare = false, options, value, onChange }: Props<Value>) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className={bare ? 'sr-only' : 'mb-1.5 text-sm font-medium text-soft'}>{label}</legend>
      <div className="grid gap-1 rounded-2xl bg-well p-1">
        {options.map((option) => (
          <label
            key={option.value}
            className={cx(
              'flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 py-2 transition has-focus-visible:outline-2 has-focus-visible:outline-accent',
              option.value === value ? 'glass' : 'hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name={name}
              aria-describedby={option.hint ? `${name}-${option.value}` : undefined}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="size-4 shrink-0 accent-accent outline-none"
            />
            <span className="min-w-0 grow">
              <span className="block font-semibold">{option.label}</span>
              {option.hint && (
                <span id={`${name}-${option.value}`} aria-hidden className="block text-sm text-soft">
                  {option.hint}
                </span>
              )}
            </span>
            {option.icon && (
              <span aria-hidden className="shrink-0 text-soft">
                {option.icon}
              </span>
            )}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
