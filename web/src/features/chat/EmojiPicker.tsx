import { X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { IconButton } from '../../ui/Button';
import { isComposing } from '../../ui/composing';
import { EMOJI_GROUPS, findEmoji } from './emoji';
import { ReactionSign } from './rows/EmoteImage';

interface Props {
  title: string;
  onPick: (sign: string) => void;
  onClose: () => void;
}

const COLUMNS = 8;

/** The emoji and the room's emotes, in a sheet above the field. Arrows move, Enter picks, Escape closes. */
export function EmojiPicker({ title, onPick, onClose }: Props) {
  const emotes = useRoom(select.emotes.known);
  const [word, setWord] = useState('');
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    // On touch the keyboard would cover the emoji.
    const isTouch = matchMedia('(pointer: coarse)').matches;
    (isTouch ? root.current : root.current?.querySelector('input'))?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const groups = useMemo(() => {
    const own = [...emotes.keys()].filter((name) => name.includes(word.toLowerCase()));
    const signs = own.map((name) => ({ sign: `:${name}:`, names: name }));
    const all = word ? [{ title: 'Found', emoji: findEmoji(word) }] : EMOJI_GROUPS;
    return [{ title: 'This room', emoji: signs }, ...all].filter(({ emoji }) => emoji.length > 0);
  }, [emotes, word]);

  const press = (event: KeyboardEvent<HTMLElement>) => {
    if (isComposing(event)) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      onClose();
      return;
    }
    const buttons = [...(root.current?.querySelectorAll<HTMLElement>('[data-sign]') ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
    const step = steps[event.key];
    const isInField = event.target instanceof HTMLInputElement;
    if (event.key === 'Enter' && isInField) {
      event.preventDefault();
      buttons[0]?.click();
    } else if (step !== undefined && !(isInField && event.key !== 'ArrowDown')) {
      event.preventDefault();
      const next = at < 0 ? buttons[0] : buttons[Math.max(0, Math.min(buttons.length - 1, at + step))];
      next?.focus();
    }
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys of its buttons pass through here
    <div
      ref={root}
      role="dialog"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={press}
      className="glass-strong rise absolute inset-x-2 bottom-2 z-30 flex max-h-80 flex-col rounded-sheet p-3"
    >
      <div className="flex items-center gap-2">
        <input
          type="search"
          aria-label="Find an emoji"
          placeholder={title}
          value={word}
          maxLength={32}
          onChange={(event) => setWord(event.target.value)}
          className="field h-10 min-w-0 grow px-4 text-body outline-none placeholder:text-faint touch:text-[16px]"
        />
        <IconButton label="Close the emoji" onClick={onClose}>
          <X size={18} />
        </IconButton>
      </div>
      <div className="slim-scroll mt-2 min-h-0 overflow-y-auto">
        {groups.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3 className="px-1 py-1 text-small font-semibold text-faint">{group.title}</h3>
            <div className="grid grid-cols-8">
              {group.emoji.map(({ sign, names }) => (
                <button
                  key={sign}
                  type="button"
                  data-sign=""
                  aria-label={names.split(' ')[0]?.replaceAll('_', ' ')}
                  title={names.split(' ')[0]?.replaceAll('_', ' ')}
                  onClick={() => onPick(sign)}
                  className="grid h-10 place-items-center rounded-xl text-xl hover:bg-hover"
                >
                  <ReactionSign reaction={sign} size={24} />
                </button>
              ))}
            </div>
          </section>
        ))}
        {groups.length === 0 && <p className="p-3 text-small text-soft">Nothing is called “{word}”.</p>}
      </div>
    </div>
  );
}
