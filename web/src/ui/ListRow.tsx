import type { ReactNode } from 'react';
import { cx } from './classes';

interface Props {
  /** An avatar or a picture. */
  lead?: ReactNode;
  title: ReactNode;
  /** Beside the title. */
  tags?: ReactNode;
  /** One line of state in words. */
  detail?: ReactNode;
  /** At the end. */
  actions?: ReactNode;
  className?: string;
}

/** A row as in People and Up next. The caller gives it its list item. */
export function ListRow({ lead, title, tags, detail, actions, className }: Props) {
  return (
    <div className={cx('flex min-w-0 items-center gap-2.5 rounded-[14px] px-1 py-2', className)}>
      {lead}
      <div className="min-w-0 grow">
        <p className="flex min-w-0 items-center gap-1.5 text-[14.5px] leading-[1.3] font-semibold">
          <span className="truncate">{title}</span>
          {tags}
        </p>
        {detail && <div className="mt-0.5 text-small text-faint">{detail}</div>}
      </div>
      {actions}
    </div>
  );
}
