import { type Ref, useMemo, useRef, useState } from 'react';
import type { Message } from '../../room/chat/message';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { CannotWrite } from './CannotWrite';
import { ChatContext, type ChatUi } from './ChatContext';
import { ChatHeader } from './ChatHeader';
import { Composer, type ComposerHandle, type Draft, NO_DRAFT } from './compose/Composer';
import { EmojiPicker } from './EmojiPicker';
import { HoldLine } from './HoldLine';
import { MessageList, type MessageListHandle } from './MessageList';
import { PinsView } from './PinsView';
import { TypingLine } from './TypingLine';

type View = 'list' | 'pins';

export function ChatPanel({ inputRef, shown }: { inputRef: Ref<HTMLTextAreaElement>; shown: boolean }) {
  const session = useRoomSession();
  const maySend = useMay('PERMISSION_SEND_CHAT');
  const known = useRoom(select.connection.wasOnline);
  const [view, setView] = useState<View>('list');
  const [picking, setPicking] = useState<{ message: Message | null } | null>(null);
  const [draft, setDraft] = useState<Draft>(NO_DRAFT);
  const list = useRef<MessageListHandle>(null);
  const composer = useRef<ComposerHandle>(null);

  const ui = useMemo<ChatUi>(
    () => ({
      reply: (message) => setDraft({ replyTo: message, editing: null }),
      edit: (message) => setDraft({ replyTo: null, editing: message }),
      pick: (message) => setPicking({ message }),
      jump: (messageId) => {
        setView('list');
        // The list is there after the next drawing.
        requestAnimationFrame(() => list.current?.jump(messageId));
      },
    }),
    [],
  );
  const back = () => setView('list');
  const close = () => setPicking(null);
  const editLast = () => {
    const room = session.store.getState();
    const myId = select.access.mySubjectId(room);
    const mine = select.chat.newest(room).findLast((message) => message.authorId === myId && !message.isRemoved);
    if (mine) ui.edit(mine);
  };
  const pick = (sign: string) => {
    if (picking?.message) void session.chatActions.react(picking.message.id, sign);
    else composer.current?.insert(sign.startsWith(':') ? `${sign} ` : sign);
    close();
  };

  return (
    <ChatContext value={ui}>
      <div className="relative flex min-h-0 grow flex-col">
        {view === 'list' && (
          <>
            <ChatHeader onPins={() => setView('pins')} />
            <MessageList ref={list} shown={shown} />
          </>
        )}
        {view === 'pins' && <PinsView onBack={back} onOpen={ui.jump} />}
        <TypingLine />
        <HoldLine />
        {maySend || !known ? (
          <Composer
            inputRef={inputRef}
            ref={composer}
            draft={draft}
            onDraft={setDraft}
            onEditLast={editLast}
            onEmoji={() => setPicking({ message: null })}
            onPins={() => setView('pins')}
          />
        ) : (
          <CannotWrite />
        )}
        {picking && (
          <EmojiPicker
            title={picking.message ? `React to ${picking.message.authorName}` : 'Emoji'}
            onPick={pick}
            onClose={close}
          />
        )}
      </div>
    </ChatContext>
  );
}
