import type { ComponentProps, CSSProperties } from 'react';
import { cx } from './classes';

interface Props extends Omit<ComponentProps<'input'>, 'value' | 'min' | 'max'> {
  label: string;
  value: number;
  min?: number;
  max: number;
  /** A second value, such as how much is loaded. */
  ahead?: number;
}

export function Slider({ label, value, min = 0, max, ahead, className, ...rest }: Props) {
  const part = (n: number) => (max > min ? Math.max(0, Math.min(1, (n - min) / (max - min))) : 0);
  const style: CSSProperties & Record<`--${string}`, number> = {
    '--at': part(value),
    '--ahead': part(Math.max(value, ahead ?? value)),
  };
  return (
    <input
      {...rest}
      type="range"
      aria-label={label}
      min={min}
      max={max}
      value={value}
      style={style}
      className={cx('slider', className)}
    />
  );
}
