import { Search } from 'lucide-react';
import { type FormEvent, useEffect, useEffectEvent, useRef, useState } from 'react';
import { explain } from '../../api/errors';
import type { Message } from '../../room/chat/message';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Button, IconButton } from '../../ui/Button';
import { Select } from '../../ui/Select';
import { EmptyState, FailedState, LoadingRows } from '../../ui/States';
import { useNamed } from './compose/useCompletion';
import { FoundMessage } from './FoundMessage';
import { SideView } from './SideView';
import { nothingFound, soughtIn } from './sought';

interface Props {
  words: string;
  onBack: () => void;
  onOpen: (messageId: string) => void;
}

type State =
  | { kind: 'asked' }
  | { kind: 'searching' }
  | { kind: 'failed'; why: string }
  | { kind: 'found'; query: string; authorId: string; messages: readonly Message[]; nextToken: string };

const AFTER_MS = 300;
const MAX_QUERY = 200;

/** Words in any order, the last one may be its beginning; without words all messages of one person. */
export function SearchView({ words, onBack, onOpen }: Props) {
  const { history } = useRoomSession();
  const myId = useRoom(select.access.mySubjectId);
  const named = useNamed();
  const [query, setQuery] = useState(words);
  /** Empty: of everyone. */
  const [authorId, setAuthorId] = useState('');
  const [state, setState] = useState<State>({ kind: 'asked' });
  const [isLoading, setIsLoading] = useState(false);
  const turn = useRef(0);

  const search = async (text: string, author: string) => {
    turn.current += 1;
    const { current } = turn;
    const sought = soughtIn(text, author);
    if (!sought) {
      setState({ kind: 'asked' });
      return;
    }
    setState((before) => (before.kind === 'found' ? before : { kind: 'searching' }));
    try {
      const { messages, nextToken } = await history.search(sought.query, sought.authorId, '');
      if (current === turn.current) setState({ kind: 'found', ...sought, messages, nextToken });
    } catch (error) {
      if (current === turn.current) setState({ kind: 'failed', why: explain(error) });
    }
  };
  const searchNow = useEffectEvent(() => void search(query, authorId));
  useEffect(() => {
    const timer = setTimeout(() => searchNow(), AFTER_MS);
    return () => clearTimeout(timer);
  }, [query, authorId]);

  const more = async () => {
    if (state.kind !== 'found') return;
    setIsLoading(true);
    try {
      const next = await history.search(state.query, state.authorId, state.nextToken);
      setState({ ...state, messages: [...state.messages, ...next.messages], nextToken: next.nextToken });
    } catch (error) {
      setState({ kind: 'failed', why: explain(error) });
    } finally {
      setIsLoading(false);
    }
  };

  return (
    <SideView title="Search" onBack={onBack}>
      <form
        className="grid gap-2 px-3 py-2"
        role="search"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void search(query, authorId);
        }}
      >
        <div className="field flex items-center pr-1 pl-4 focus-within:outline-2 focus-within:outline-accent">
          <input
            type="search"
            aria-label="Find in the chat"
            placeholder="Words to find"
            value={query}
            maxLength={MAX_QUERY}
            onChange={(event) => setQuery(event.target.value)}
            className="h-10 min-w-0 grow bg-transparent text-body outline-none placeholder:text-faint touch:text-[16px]"
          />
          <IconButton label="Search" onClick={() => void search(query, authorId)} className="rounded-full">
            <Search size={18} />
          </IconButton>
        </div>
        <Select label="Written by" value={authorId} onChange={(event) => setAuthorId(event.target.value)}>
          <option value="">Everyone</option>
          <option value={myId}>You</option>
          {named.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </form>
      <div className="slim-scroll min-h-0 grow overflow-y-auto px-2 pb-3">
        {state.kind === 'searching' && <LoadingRows label="Searching" rows={4} />}
        {state.kind === 'failed' && <FailedState text={state.why} onRetry={() => void search(query, authorId)} />}
        {state.kind === 'asked' && (
          <EmptyState title="Find what was said">
            Words in any order, or a person. A press on a message shows its place.
          </EmptyState>
        )}
        {state.kind === 'found' && (
          <>
            <p role="status" className="sr-only">
              {state.messages.length} messages found
            </p>
            {state.messages.length === 0 && <EmptyState title="Nothing found">{nothingFound(state)}</EmptyState>}
            <ul aria-label="Found messages">
              {state.messages.map((message) => (
                <FoundMessage key={message.id} message={message} onOpen={() => onOpen(message.id)} />
              ))}
            </ul>
            {state.nextToken && (
              <div className="p-2 text-center">
                <Button look="quiet" size="sm" busy={isLoading} onClick={() => void more()}>
                  Show more
                </Button>
              </div>
            )}
          </>
        )}
      </div>
    </SideView>
  );
}
