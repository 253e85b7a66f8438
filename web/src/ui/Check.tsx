import { useId } from 'react';

interface Props {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** A checkbox with an explanation, in a form that is saved as a whole. */
export function Check({ label, hint, checked, onChange, disabled = false }: Props) {
  const id = useId();
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-[15px] bg-raised px-3.5 py-2.5 inset-ring inset-ring-edge has-disabled:cursor-default has-disabled:opacity-55">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? id : undefined}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4.5 shrink-0 accent-accent"
      />
      <span>
        <span className="block text-[14.5px] leading-[1.3] font-semibold">{label}</span>
        {hint && (
          <span id={id} aria-hidden className="mt-0.5 block text-small text-soft">
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
