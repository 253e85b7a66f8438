import { ChevronDown } from 'lucide-react';
import { type ComponentProps, useId } from 'react';

interface Props extends ComponentProps<'select'> {
  label: string;
}

export function Select({ label, children, ...rest }: Props) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block px-1 text-label text-soft">
        {label}
      </label>
      <div className="relative">
        <select
          {...rest}
          id={id}
          className="field h-11.5 w-full appearance-none pr-10 pl-4 text-ink disabled:opacity-55 aria-disabled:opacity-55 [&>option]:bg-strong"
        >
          {children}
        </select>
        <ChevronDown size={18} aria-hidden className="pointer-events-none absolute top-3 right-3 text-soft" />
      </div>
    </div>
  );
}
