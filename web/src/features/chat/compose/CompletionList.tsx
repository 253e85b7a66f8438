import { useEffect, useRef } from 'react';
import { Avatar } from '../../../ui/Avatar';
import { cx } from '../../../ui/classes';
import { ReactionSign } from '../rows/EmoteImage';
import type { Completion } from './useCompletion';

interface Props {
  id: string;
  list: readonly Completion[];
  at: number;
  onChoose: (index: number) => void;
}

export function CompletionList({ id, list, at, onChoose }: Props) {
  const chosen = useRef<HTMLDivElement>(null);
  useEffect(() => {
    chosen.current?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Suggestions"
      className="glass-strong slim-scroll absolute inset-x-3 bottom-full z-20 mb-1 max-h-64 overflow-y-auto rounded-2xl p-1.5"
    >
      {list.map((one, index) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field has the keys of its list
        <div
          key={one.key}
          ref={index === at ? chosen : undefined}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          // The field keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(index)}
          className={cx(
            'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-xl px-2.5 py-1',
            index === at && 'bg-hover',
          )}
        >
          {one.person && <Avatar id={one.person.id} name={one.person.name} size={24} />}
          {one.sign && <ReactionSign reaction={one.sign} size={22} />}
          <span className="shrink-0 text-label font-semibold">{one.label}</span>
          {one.hint && <span className="truncate text-small text-soft">{one.hint}</span>}
        </div>
      ))}
    </div>
  );
}
