import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, type Ref, useState } from 'react';
import { useRoomSession } from '../../room/hooks';
import { IconButton } from '../../ui/Button';

const MAX_LENGTH = 2_000;

export function ChatInput({ ref }: { ref: Ref<HTMLTextAreaElement> }) {
  const session = useRoomSession();
  const [text, setText] = useState('');

  const send = () => {
    const said = text.trim();
    if (!said) return;
    session.chat.send(said);
    setText('');
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') event.currentTarget.blur();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="flex items-end gap-1 p-2 pt-1"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={ref}
        rows={1}
        aria-label="Message"
        placeholder="Message the room"
        maxLength={MAX_LENGTH}
        value={text}
        onKeyDown={press}
        onChange={(event) => {
          setText(event.target.value);
          if (event.target.value) session.chat.typing();
        }}
        className="slim-scroll field-sizing-content max-h-32 min-h-11 w-full resize-none rounded-2xl border border-edge bg-well px-4 py-2.5 outline-none placeholder:text-faint focus:outline-2 focus:outline-accent"
      />
      <IconButton label="Send" onClick={send} disabled={!text.trim()} className="mb-0.5 text-accent">
        <SendHorizontal size={20} />
      </IconButton>
    </form>
  );
}
