import type { ReactNode } from 'react';
import { Button } from './Button';
import { cx } from './classes';

/** A state of the room that matters now. */
export interface RoomNews {
  /** Tells it from other news. */
  key: string;
  icon?: ReactNode;
  text: string;
  /** A second line. */
  detail?: string;
  /** The time that is left, beside the text: screen readers would read it every second, so they do not get it. */
  left?: string;
  actions?: readonly { label: string; onPress: () => void; busy?: boolean }[];
}

/** At the top of the film; `inline`: in the flow of the page, where nothing may lie over the film or there is none. */
export function RoomToast({ news, inline = false }: { news: RoomNews | null; inline?: boolean }) {
  return (
    <div
      role="status"
      className={cx(
        inline
          ? 'min-h-10'
          : 'pointer-events-none absolute inset-x-0 top-21 z-20 flex justify-center px-3 phone:top-14 sideways:top-15',
      )}
    >
      {news && (
        <div
          key={news.key}
          className="glass-over rise pointer-events-auto relative flex max-w-2xl flex-wrap items-center gap-x-2.5 gap-y-1.5 rounded-[23px] py-2 pr-2 pl-4 text-label"
        >
          {news.icon}
          <span className="min-w-0 flex-1 basis-auto pr-2">
            <span className="font-bold">{news.text}</span>
            {news.left && (
              <span aria-hidden className="tabular-nums">
                {' '}
                · {news.left}
              </span>
            )}
            {news.detail && <span className="block text-small opacity-85">{news.detail}</span>}
          </span>
          {news.actions?.map(({ label, onPress, busy }) => (
            <Button key={label} size="sm" busy={busy ?? false} onClick={onPress} className="rounded-full bg-black/30!">
              {label}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
