import type { ComponentProps } from 'react';
import { cx } from './classes';

/** A sheet of glass. */
export function Panel({ className, ...rest }: ComponentProps<'section'>) {
  return <section {...rest} className={cx('glass rounded-sheet', className)} />;
}
