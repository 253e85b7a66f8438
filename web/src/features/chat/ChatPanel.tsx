import type { Ref } from 'react';
import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { ChatInput } from './ChatInput';
import { HoldLine } from './HoldLine';
import { MessageList } from './MessageList';
import { TypingLine } from './TypingLine';

export function ChatPanel({ inputRef, shown }: { inputRef: Ref<HTMLTextAreaElement>; shown: boolean }) {
  const maySend = useMay('PERMISSION_SEND_CHAT');
  const known = useRoom(select.connection.wasOnline);
  return (
    <div className="flex min-h-0 grow flex-col">
      <MessageList shown={shown} />
      <TypingLine />
      <HoldLine />
      {maySend || !known ? (
        <ChatInput ref={inputRef} />
      ) : (
        <p className="p-4 text-center text-sm text-soft">You can read the chat, but not write in it.</p>
      )}
    </div>
  );
}
