import { useId } from 'react';

interface Props {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A checkbox with an explanation. */
export function Check({ label, hint, checked, onChange }: Props) {
  const id = useId();
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-2xl bg-well p-3">
      <input
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? id : undefined}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4.5 shrink-0 accent-accent"
      />
      <span>
        <span className="block font-semibold">{label}</span>
        {hint && (
          <span id={id} aria-hidden className="block text-sm text-soft">
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
