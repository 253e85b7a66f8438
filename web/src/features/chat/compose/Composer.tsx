import { ArrowUp, Check, Smile, X } from 'lucide-react';
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useEffectEvent,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { mentionsIn, type Named } from '../../../room/chat/mentions';
import type { Message } from '../../../room/chat/message';
import { asSent, scalarCount } from '../../../room/chat/text';
import { useCountdown, useRoom, useRoomSession } from '../../../room/hooks';
import { access } from '../../../room/slices/access';
import { select } from '../../../room/store';
import { IconButton } from '../../../ui/Button';
import { cx } from '../../../ui/classes';
import { isComposing } from '../../../ui/composing';
import { COMMANDS, run, written } from '../commands';
import { CompletionList } from './CompletionList';
import { useCommandTargets } from './useCommandTargets';
import { useCompletion, useNamed } from './useCompletion';

export interface Draft {
  replyTo: Message | null;
  editing: Message | null;
}

export const NO_DRAFT: Draft = { replyTo: null, editing: null };

export interface ComposerHandle {
  insert: (text: string) => void;
}

interface Props {
  /** The field, which shortcuts focus. */
  inputRef: Ref<HTMLTextAreaElement>;
  ref: Ref<ComposerHandle>;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  /** Arrow up in an empty field. */
  onEditLast: () => void;
  onEmoji: () => void;
  onSearch: (words: string) => void;
  onPins: () => void;
  onClear: (person: Named) => void;
}

/** The counter is shown from here on. */
const NEAR_LIMIT = 100;
const MAX_CHOSEN = 20;

export function Composer({ inputRef, ref, draft, onDraft, onEditLast, onEmoji, onSearch, onPins, onClear }: Props) {
  const session = useRoomSession();
  const maxLength = useRoom(select.chat.maxLength);
  const waitSeconds = useCountdown(useRoom(select.chat.nextSendServerMs));
  const named = useNamed();
  const listId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(session.chat.draft);
  const [caret, setCaret] = useState(0);
  const [problem, setProblem] = useState('');
  const [isListClosed, setIsListClosed] = useState(false);
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<readonly Named[]>([]);
  const completions = useCompletion(text, caret);
  const list = isListClosed ? null : completions;
  const targets = useCommandTargets({ onSearch, onPins, onClear, onHelp: () => change('/', 1) });
  useImperativeHandle(inputRef, () => field.current as HTMLTextAreaElement);
  useImperativeHandle(ref, () => ({
    insert: (more) => {
      const end = field.current?.selectionEnd ?? text.length;
      change(text.slice(0, end) + more + text.slice(end), end + more.length);
      field.current?.focus();
    },
  }));

  const { editing, replyTo } = draft;
  useEffect(() => {
    if (!editing) session.chat.draft = text;
  }, [session, editing, text]);
  const begin = useEffectEvent(() => {
    if (editing) change(editing.text, editing.text.length);
    if (editing ?? replyTo) field.current?.focus();
  });
  useEffect(() => begin(), [editing, replyTo]);

  const isEditing = editing !== null;
  const length = scalarCount(text.trim());
  const over = length - maxLength;
  const isWaiting = !isEditing && waitSeconds > 0;
  const isEmpty = asSent(text) === '';

  function change(next: string, caretAt: number): void {
    setText(next);
    setCaret(caretAt);
    setProblem('');
    setIsListClosed(false);
    setAt(0);
    requestAnimationFrame(() => field.current?.setSelectionRange(caretAt, caretAt));
  }
  const close = () => {
    if (isEditing) change('', 0);
    onDraft(NO_DRAFT);
  };

  const choose = (index: number) => {
    const one = list?.list[index];
    if (!list || !one) return;
    const { person } = one;
    if (person) setChosen((known) => [person, ...known.filter(({ id }) => id !== person.id)].slice(0, MAX_CHOSEN));
    change(text.slice(0, list.start) + one.text + text.slice(caret), list.start + one.text.length);
  };

  const send = () => {
    if (isEmpty || over > 0) return;
    const people = [...chosen, ...named];
    if (editing) {
      const next = asSent(text);
      if (next !== editing.text) void session.chatActions.edit(editing.id, next, mentionsIn(next, people));
      close();
      return;
    }
    const said = written(text);
    if (said.kind === 'command') {
      const room = session.store.getState();
      const why = run(said.name, said.args, targets, (permission) => access.select.may(room, permission));
      if (why) setProblem(why);
      else if (said.name !== 'help') change('', 0);
      return;
    }
    if (isWaiting) return;
    session.chat.send({ text: said.text, people, replyTo });
    setChosen([]);
    change('', 0);
    onDraft(NO_DRAFT);
  };

  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event)) return;
    if (list && ['ArrowDown', 'ArrowUp', 'Enter', 'Tab', 'Escape'].includes(event.key) && !event.shiftKey) {
      const count = list.list.length;
      if (event.key === 'ArrowDown') setAt((at + 1) % count);
      else if (event.key === 'ArrowUp') setAt((at - 1 + count) % count);
      else if (event.key === 'Escape') setIsListClosed(true);
      else if (event.key === 'Enter' && isWholeCommand(text)) send();
      else choose(at);
      event.preventDefault();
      return;
    }
    if (event.key === 'Escape') {
      if (isEditing || replyTo) close();
      else event.currentTarget.blur();
    } else if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault();
      onEditLast();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };

  return (
    <form
      className="relative grid gap-1.5 px-3 pb-3 phone:pb-[max(12px,env(safe-area-inset-bottom))]"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {list && <CompletionList id={listId} list={list.list} at={at} onChoose={choose} />}
      {editing ? (
        <DraftBar label="Cancel the edit" onClose={close}>
          Editing your message
        </DraftBar>
      ) : (
        replyTo && (
          <DraftBar label="Cancel the reply" onClose={close}>
            Replying to <b>{replyTo.authorName}</b> {replyTo.text}
          </DraftBar>
        )
      )}
      {problem && (
        <p role="alert" className="px-3 text-small text-bad">
          {problem}
        </p>
      )}
      <div className="field flex items-end gap-0.5 py-1 pr-1 pl-4 focus-within:outline-2 focus-within:outline-accent">
        <textarea
          ref={field}
          rows={1}
          aria-label="Message"
          aria-autocomplete="list"
          aria-controls={list ? listId : undefined}
          aria-activedescendant={list ? `${listId}-${at}` : undefined}
          aria-describedby={`${listId}-length`}
          aria-invalid={over > 0 || undefined}
          placeholder="Message the room"
          enterKeyHint="send"
          value={text}
          onKeyDown={press}
          onSelect={(event) => setCaret(event.currentTarget.selectionEnd)}
          onChange={(event) => {
            const { value, selectionEnd } = event.target;
            setText(value);
            setCaret(selectionEnd);
            setProblem('');
            setIsListClosed(false);
            setAt(0);
            if (value && !value.startsWith('/')) session.chat.typing();
          }}
          className="slim-scroll field-sizing-content max-h-32 min-h-9 w-full min-w-0 resize-none self-center bg-transparent py-2 text-body outline-none placeholder:text-faint touch:text-[16px]"
        />
        <IconButton label="Emoji" onClick={onEmoji} className="rounded-full text-soft">
          <Smile size={20} />
        </IconButton>
        <button
          type="submit"
          aria-label={isEditing ? 'Save' : isWaiting ? `Send, in ${waitSeconds} seconds` : 'Send'}
          title={isEditing ? 'Save' : 'Send'}
          disabled={isEmpty || over > 0 || isWaiting}
          className="lit inline-grid size-target shrink-0 place-items-center rounded-full font-semibold tabular-nums disabled:opacity-55"
        >
          {isWaiting ? waitSeconds : isEditing ? <Check size={19} /> : <ArrowUp size={20} />}
        </button>
      </div>
      <p
        id={`${listId}-length`}
        aria-live="polite"
        className={cx(
          'px-4 text-right text-xs tabular-nums',
          over > 0 ? 'text-bad' : 'text-faint',
          length < maxLength - NEAR_LIMIT && 'hidden',
        )}
      >
        {over > 0 ? `${over} too many: shorten it to ${maxLength} characters` : `${length} of ${maxLength}`}
      </p>
    </form>
  );
}

/** A command that is written in full: Enter runs it instead of completing it. */
function isWholeCommand(text: string): boolean {
  const typed = text.trim().toLowerCase();
  return COMMANDS.some(({ name }) => `/${name}` === typed);
}

function DraftBar({ label, onClose, children }: { label: string; onClose: () => void; children: ReactNode }) {
  return (
    <div className="flex items-center gap-2 rounded-control bg-raised py-0.5 pr-0.5 pl-3 text-small text-soft">
      <span className="min-w-0 grow truncate">{children}</span>
      <IconButton label={label} onClick={onClose} className="size-8">
        <X size={15} />
      </IconButton>
    </div>
  );
}
