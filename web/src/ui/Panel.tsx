import type { ComponentProps } from 'react';
import { cx } from './classes';

export function Panel({ className, ...rest }: ComponentProps<'section'>) {
  return <section {...rest} className={cx('glass rounded-3xl', className)} />;
}
