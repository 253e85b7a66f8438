import { Slider } from './Slider';

interface Props {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** The value as people read it. */
  text: string;
  onChange: (value: number) => void;
}

/** A slider with its label and its value above it. */
export function Range({ label, value, min, max, step, text, onChange }: Props) {
  return (
    <div>
      <div aria-hidden className="flex items-baseline justify-between gap-3 text-sm">
        <span className="font-medium text-soft">{label}</span>
        <span className="font-semibold tabular-nums">{text}</span>
      </div>
      <Slider
        label={label}
        value={value}
        min={min}
        max={max}
        step={step}
        aria-valuetext={text}
        onChange={(event) => onChange(Number(event.target.value))}
        className="mt-1 w-full"
      />
    </div>
  );
}
