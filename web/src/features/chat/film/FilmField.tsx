import { ArrowUp } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { asSent, scalarCount } from '../../../room/chat/text';
import { useCountdown, useRoom, useRoomSession } from '../../../room/hooks';
import { access } from '../../../room/slices/access';
import { select } from '../../../room/store';
import { isComposing } from '../../../ui/composing';
import { notify } from '../../../ui/toasts';
import { run, written } from '../commands';
import { useCommandTargets } from '../compose/useCommandTargets';
import { useNamed } from '../compose/useCompletion';

const ELSEWHERE = 'That is in the chat panel: show it first.';

/** A field over the film, for who has no panel in view. Escape closes it. */
export function FilmField({ onClose }: { onClose: () => void }) {
  const session = useRoomSession();
  const people = useNamed();
  const maxLength = useRoom(select.chat.maxLength);
  const waitSeconds = useCountdown(useRoom(select.chat.nextSendServerMs));
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const elsewhere = () => notify(ELSEWHERE);
  const targets = useCommandTargets({
    onSearch: elsewhere,
    onPins: elsewhere,
    onClear: elsewhere,
    onHelp: elsewhere,
  });
  useEffect(() => field.current?.focus(), []);
  const canSend = asSent(text) !== '' && scalarCount(text.trim()) <= maxLength && waitSeconds === 0;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!canSend) return;
    const said = written(text);
    if (said.kind === 'text') {
      session.chat.send({ text: said.text, people });
    } else {
      const room = session.store.getState();
      const why = run(said.name, said.args, targets, (permission) => access.select.may(room, permission));
      if (why) notify(why);
    }
    setText('');
  };
  const press = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === 'Enter') send(event as unknown as FormEvent);
    if (event.key !== 'Escape') return;
    event.preventDefault();
    onClose();
  };
  return (
    <form onSubmit={send} className="film-line pointer-events-auto mt-1.5 flex items-center rounded-full pl-4">
      <input
        ref={field}
        aria-label="Message, over the film"
        placeholder={waitSeconds ? `Slow mode: in ${waitSeconds} s` : 'Message the room'}
        value={text}
        maxLength={maxLength * 2}
        autoComplete="off"
        onKeyDown={press}
        onBlur={() => text === '' && onClose()}
        onChange={(event) => {
          setText(event.target.value);
          if (event.target.value) session.chat.typing();
        }}
        className="h-10 min-w-0 grow bg-transparent text-body outline-none placeholder:text-current placeholder:opacity-70 touch:text-[16px]"
      />
      <button
        type="submit"
        aria-label="Send"
        disabled={!canSend}
        className="grid size-10 place-items-center disabled:opacity-50"
      >
        <ArrowUp size={18} />
      </button>
    </form>
  );
}
