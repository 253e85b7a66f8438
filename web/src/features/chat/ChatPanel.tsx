import { type ReactNode, type Ref, useMemo, useRef, useState } from 'react';
import type { Named } from '../../room/chat/mentions';
import type { Message } from '../../room/chat/message';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { CannotWrite } from './CannotWrite';
import { ChatContext, type ChatUi } from './ChatContext';
import { ChatHeader } from './ChatHeader';
import { Composer, type ComposerHandle, type Draft, NO_DRAFT } from './compose/Composer';
import { ClearDialog, ReportDialog, SlowModeDialog } from './dialogs';
import { EmojiPicker } from './EmojiPicker';
import { EmotesView } from './EmotesView';
import { HoldLine } from './HoldLine';
import { MessageList, type MessageListHandle } from './MessageList';
import { PinsView } from './PinsView';
import { QuickReactions } from './QuickReactions';
import { ReportsView } from './ReportsView';
import { SearchView } from './SearchView';
import { TypingLine } from './TypingLine';

type View =
  | { kind: 'list' }
  | { kind: 'search'; words: string }
  | { kind: 'pins' }
  | { kind: 'reports' }
  | { kind: 'emotes' };
type Asked =
  | { kind: 'report'; message: Message }
  | { kind: 'clear'; person: Named }
  | { kind: 'slow' }
  | { kind: 'emoji'; message: Message | null };

const LIST: View = { kind: 'list' };

interface Props {
  inputRef: Ref<HTMLTextAreaElement>;
  shown: boolean;
  /** Above the field: the voice chat. */
  voice: ReactNode;
}

export function ChatPanel({ inputRef, shown, voice }: Props) {
  const session = useRoomSession();
  const maySend = useMay('PERMISSION_SEND_CHAT');
  const isChatOff = useRoom((room) => room.settings?.chat?.disabled === true);
  const known = useRoom(select.connection.wasOnline);
  const [view, setView] = useState<View>(LIST);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [draft, setDraft] = useState<Draft>(NO_DRAFT);
  const list = useRef<MessageListHandle>(null);
  const composer = useRef<ComposerHandle>(null);

  const ui = useMemo<ChatUi>(
    () => ({
      reply: (message) => setDraft({ replyTo: message, editing: null }),
      edit: (message) => setDraft({ replyTo: null, editing: message }),
      pick: (message) => setAsked({ kind: 'emoji', message }),
      report: (message) => setAsked({ kind: 'report', message }),
      clear: (id, name) => setAsked({ kind: 'clear', person: { id, name } }),
      jump: (messageId) => {
        setView(LIST);
        // The list is there after the next drawing.
        requestAnimationFrame(() => list.current?.jump(messageId));
      },
    }),
    [],
  );
  const back = () => setView(LIST);
  const close = () => setAsked(null);
  const editLast = () => {
    const room = session.store.getState();
    const myId = select.access.mySubjectId(room);
    const mine = select.chat.newest(room).findLast((message) => message.authorId === myId && !message.isRemoved);
    if (mine) ui.edit(mine);
  };
  const pick = (sign: string) => {
    if (asked?.kind === 'emoji' && asked.message) void session.chatActions.react(asked.message.id, sign);
    else composer.current?.insert(sign.startsWith(':') ? `${sign} ` : sign);
    close();
  };

  return (
    <ChatContext value={ui}>
      <div className="relative flex min-h-0 grow flex-col">
        {view.kind === 'list' && (
          <>
            <ChatHeader
              onSearch={() => setView({ kind: 'search', words: '' })}
              onPins={() => setView({ kind: 'pins' })}
              onReports={() => setView({ kind: 'reports' })}
              onSlowMode={() => setAsked({ kind: 'slow' })}
              onEmotes={() => setView({ kind: 'emotes' })}
            />
            <MessageList ref={list} shown={shown} />
          </>
        )}
        {view.kind === 'search' && <SearchView words={view.words} onBack={back} onOpen={ui.jump} />}
        {view.kind === 'pins' && <PinsView onBack={back} onOpen={ui.jump} />}
        {view.kind === 'emotes' && <EmotesView onBack={back} />}
        {view.kind === 'reports' && <ReportsView onBack={back} onOpen={ui.jump} />}
        <TypingLine />
        <HoldLine />
        {voice}
        <QuickReactions />
        {(maySend && !isChatOff) || !known ? (
          <Composer
            inputRef={inputRef}
            ref={composer}
            draft={draft}
            onDraft={setDraft}
            onEditLast={editLast}
            onEmoji={() => setAsked({ kind: 'emoji', message: null })}
            onSearch={(words) => setView({ kind: 'search', words })}
            onPins={() => setView({ kind: 'pins' })}
            onClear={(person) => setAsked({ kind: 'clear', person })}
          />
        ) : (
          <CannotWrite />
        )}
        {asked?.kind === 'emoji' && (
          <EmojiPicker
            title={asked.message ? `React to ${asked.message.authorName}` : 'Emoji'}
            onPick={pick}
            onClose={close}
          />
        )}
      </div>
      {asked?.kind === 'report' && <ReportDialog message={asked.message} onClose={close} />}
      {asked?.kind === 'clear' && <ClearDialog person={asked.person} onClose={close} />}
      {asked?.kind === 'slow' && <SlowModeDialog onClose={close} />}
    </ChatContext>
  );
}
