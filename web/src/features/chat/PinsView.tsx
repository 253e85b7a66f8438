import { PinOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { explain } from '../../api/errors';
import type { Message } from '../../room/chat/message';
import { useMay, useRoomSession } from '../../room/hooks';
import { IconButton } from '../../ui/Button';
import { EmptyState, FailedState, LoadingRows } from '../../ui/States';
import { FoundMessage } from './FoundMessage';
import { SideView } from './SideView';

type State = { kind: 'loading' } | { kind: 'failed'; why: string } | { kind: 'there'; messages: readonly Message[] };

export function PinsView({ onBack, onOpen }: { onBack: () => void; onOpen: (messageId: string) => void }) {
  const { history, chatActions } = useRoomSession();
  const mayUnpin = useMay('PERMISSION_DELETE_CHAT');
  const [state, setState] = useState<State>({ kind: 'loading' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isGone = false;
    history.pins().then(
      (messages) => !isGone && setState({ kind: 'there', messages }),
      (error: unknown) => !isGone && setState({ kind: 'failed', why: explain(error) }),
    );
    return () => {
      isGone = true;
    };
  }, [history, attempt]);
  const unpin = async (message: Message) => {
    if (await chatActions.pin({ ...message, isPinned: true })) setAttempt(attempt + 1);
  };
  return (
    <SideView title="Pinned messages" onBack={onBack}>
      <div className="slim-scroll min-h-0 grow overflow-y-auto px-2 pb-3">
        {state.kind === 'loading' && <LoadingRows label="Loading the pinned messages" rows={3} />}
        {state.kind === 'failed' && <FailedState text={state.why} onRetry={() => setAttempt(attempt + 1)} />}
        {state.kind === 'there' && state.messages.length === 0 && (
          <EmptyState title="Nothing is pinned">
            A moderator pins a message by its menu: rules, a plan for the evening, a link.
          </EmptyState>
        )}
        {state.kind === 'there' && (
          <ul aria-label="Pinned messages">
            {state.messages.map((message) => (
              <FoundMessage
                key={message.id}
                message={message}
                onOpen={() => onOpen(message.id)}
                action={
                  mayUnpin && (
                    <IconButton label="Unpin" onClick={() => void unpin(message)} className="mt-1 size-9 text-soft">
                      <PinOff size={16} />
                    </IconButton>
                  )
                }
              />
            ))}
          </ul>
        )}
      </div>
    </SideView>
  );
}
