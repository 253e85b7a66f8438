import { ChevronDown } from 'lucide-react';
import { type ComponentProps, useId } from 'react';

interface Props extends ComponentProps<'select'> {
  label: string;
}

export function Select({ label, children, ...rest }: Props) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium text-soft">
        {label}
      </label>
      <div className="relative">
        <select
          {...rest}
          id={id}
          className="h-11 w-full appearance-none rounded-2xl border border-edge bg-well pr-10 pl-4 text-ink [&>option]:bg-ground"
        >
          {children}
        </select>
        <ChevronDown size={18} aria-hidden className="pointer-events-none absolute top-3 right-3 text-soft" />
      </div>
    </div>
  );
}
