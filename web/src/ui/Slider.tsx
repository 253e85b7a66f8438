import type { ComponentProps, CSSProperties } from 'react';
import { cx } from './classes';

interface Props extends Omit<ComponentProps<'input'>, 'value' | 'min' | 'max'> {
  label: string;
  value: number;
  max: number;
  /** How far along something else is: what is loaded. */
  ahead?: number;
}

export function Slider({ label, value, max, ahead, className, ...rest }: Props) {
  const part = (n: number) => (max > 0 ? Math.max(0, Math.min(1, n / max)) : 0);
  const style: CSSProperties & Record<`--${string}`, number> = { '--at': part(value), '--ahead': part(Math.max(value, ahead ?? value)) };
  return <input {...rest} type="range" aria-label={label} min={0} max={max} value={value} style={style} className={cx('slider', className)} />;
}
