// What the rows of the chat ask of the panel around them.
import { createContext, useContext } from 'react';
import type { Message } from '../../room/chat/message';

export interface ChatUi {
  reply: (message: Message) => void;
  edit: (message: Message) => void;
  /** Opens the emoji for a reaction to this message. */
  pick: (message: Message) => void;
  report: (message: Message) => void;
  /** Asks before all messages of this person are deleted. */
  clear: (subjectId: string, name: string) => void;
  /** Shows the place of a message in the list. */
  jump: (messageId: string) => void;
}

export const ChatContext = createContext<ChatUi | null>(null);

export function useChatUi(): ChatUi {
  const ui = useContext(ChatContext);
  if (!ui) throw new Error('a part of the chat is shown outside of it');
  return ui;
}
