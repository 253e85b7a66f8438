import { Copy, Ellipsis, Flag, Pencil, Pin, Reply, Smile, Trash2, UserX, VolumeX } from 'lucide-react';
import type { Message } from '../../../room/chat/message';
import { useMay, useRoomSession } from '../../../room/hooks';
import { IconButton } from '../../../ui/Button';
import { Menu, type MenuItem } from '../../../ui/Menu';
import { notify } from '../../../ui/toasts';
import { useChatUi } from '../ChatContext';

const MUTE_SECONDS = 600;

/** What can be done with a message. The buttons are there for the pointer, the keyboard and touch alike. */
export function MessageToolbar({ message, isMine }: { message: Message; isMine: boolean }) {
  const ui = useChatUi();
  const mayReact = useMay('PERMISSION_REACT');
  const maySend = useMay('PERMISSION_SEND_CHAT');
  const items = useItems(message, isMine);
  return (
    <div
      data-tools=""
      role="group"
      aria-label="Message tools"
      className="glass-strong absolute -top-3.5 right-1 z-10 flex rounded-xl p-0.5"
    >
      {mayReact && (
        <IconButton label="React" shortcut="+" onClick={() => ui.pick(message)} className="size-8">
          <Smile size={16} />
        </IconButton>
      )}
      {maySend && (
        <IconButton label="Reply" shortcut="R" onClick={() => ui.reply(message)} className="size-8">
          <Reply size={16} />
        </IconButton>
      )}
      <Menu label="Message options" icon={<Ellipsis size={16} />} items={items} className="size-8" />
    </div>
  );
}

function useItems(message: Message, isMine: boolean): MenuItem[] {
  const ui = useChatUi();
  const { chatActions } = useRoomSession();
  const maySend = useMay('PERMISSION_SEND_CHAT');
  const mayDelete = useMay('PERMISSION_DELETE_CHAT');
  const mayMute = useMay('PERMISSION_BAN');
  const { id, authorId, authorName } = message;
  const icon = { size: 17, 'aria-hidden': true } as const;
  const items: MenuItem[] = [{ label: 'Copy text', icon: <Copy {...icon} />, onSelect: () => void copy(message.text) }];
  if (isMine && maySend) items.push({ label: 'Edit', icon: <Pencil {...icon} />, onSelect: () => ui.edit(message) });
  if (mayDelete)
    items.push({
      label: message.isPinned ? 'Unpin' : 'Pin',
      icon: <Pin {...icon} />,
      onSelect: () => void chatActions.pin(message),
    });
  if (!isMine)
    items.push({ label: 'Report', icon: <Flag {...icon} />, onSelect: () => ui.report(message), apart: true });
  if (isMine || mayDelete)
    items.push({
      label: 'Delete',
      icon: <Trash2 {...icon} />,
      danger: true,
      apart: isMine,
      onSelect: () => void chatActions.remove(id),
    });
  if (!isMine && mayMute)
    items.push({
      label: `Mute ${authorName} for 10 minutes`,
      icon: <VolumeX {...icon} />,
      danger: true,
      onSelect: () => {
        void chatActions.mute(authorId, MUTE_SECONDS).then((done) => {
          if (done) notify(`${authorName} can’t write for 10 minutes.`);
        });
      },
    });
  if (!isMine && mayDelete)
    items.push({
      label: `Delete all messages of ${authorName}`,
      icon: <UserX {...icon} />,
      danger: true,
      onSelect: () => ui.clear(authorId, authorName),
    });
  return items;
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify('Copied.');
  } catch {
    // Pages without https have no clipboard.
    notify('This browser does not let the page copy. Select the text instead.');
  }
}
