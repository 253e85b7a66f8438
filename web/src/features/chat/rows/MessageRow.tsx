import { Component, type KeyboardEvent, memo, type ReactNode } from 'react';
import type { Message } from '../../../room/chat/message';
import { clockTime } from '../../../room/format';
import { useGate, useMay, useRoom, useRoomSession } from '../../../room/hooks';
import { select } from '../../../room/store';
import { Avatar } from '../../../ui/Avatar';
import { cx } from '../../../ui/classes';
import { Tag } from '../../../ui/Tag';
import { useChatUi } from '../ChatContext';
import { MediaCards } from './MediaCards';
import { MessageText } from './MessageText';
import { MessageToolbar } from './MessageToolbar';
import { QuoteLine } from './QuoteLine';
import { Reactions } from './Reactions';

interface Props {
  message: Message;
  isGrouped: boolean;
  /** The pointer or the keyboard is on it: its tools are shown. */
  isActive: boolean;
  /** A jump has led here. */
  isFound: boolean;
}

export const MessageRow = memo(function MessageRow(props: Props) {
  return (
    // A message that cannot be drawn must not take the list with it (case W10).
    <Guard key={props.message.id}>
      <Row {...props} />
    </Guard>
  );
});

function Row({ message, isGrouped, isActive, isFound }: Props) {
  const { authorId, authorName, text, sentMs, itemId, positionMs, quote } = message;
  const isMine = useRoom(select.access.mySubjectId) === authorId;
  const time = new Date(sentMs);
  const shownTime = time.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
  const press = useRowKeys(message, isMine);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of its own tools, which are buttons as well
    <article
      data-row=""
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- arrows move from message to message
      tabIndex={isActive ? 0 : -1}
      aria-label={`${isMine ? 'You' : authorName}, ${shownTime}`}
      aria-keyshortcuts="R E P Delete"
      onKeyDown={press}
      className={cx(
        'relative rounded-control px-2 outline-offset-[-2px] transition-colors duration-calm',
        isGrouped ? 'py-0.5 pl-[50px]' : 'mt-2 flex gap-2.5 py-1',
        isActive && 'bg-raised',
        isFound && 'bg-warn/15',
      )}
    >
      {!isGrouped && <Avatar id={authorId} name={authorName} />}
      <div className="min-w-0 grow">
        {!isGrouped && (
          <p className="flex items-center gap-1.5 text-label">
            <span className="truncate font-semibold">{isMine ? 'You' : authorName}</span>
            <RoleTag subjectId={authorId} />
            <time dateTime={time.toISOString()} className="shrink-0 text-xs text-faint tabular-nums">
              {shownTime}
            </time>
          </p>
        )}
        {quote && <QuoteLine quote={quote} />}
        <p className={cx('text-body', message.isAction && 'italic')}>
          {itemId && <FilmPlace itemId={itemId} positionMs={positionMs} isShown={isActive || !isGrouped} />}
          {message.isBroken ? (
            <span className="text-faint italic">This message can’t be shown.</span>
          ) : (
            <>
              {message.isAction && <span className="font-semibold">{authorName} </span>}
              <MessageText text={text} mentions={message.mentions} />
            </>
          )}
          {message.isEdited && <span className="ml-1 text-xs text-faint">(edited)</span>}
          {message.isPinned && <span className="ml-1 text-xs text-faint">(pinned)</span>}
        </p>
        <MediaCards text={text} />
        {message.reactions.length > 0 && <Reactions message={message} />}
      </div>
      {isActive && <MessageToolbar message={message} isMine={isMine} />}
    </article>
  );
}

function useRowKeys(message: Message, isMine: boolean) {
  const ui = useChatUi();
  const session = useRoomSession();
  const mayDelete = useMay('PERMISSION_DELETE_CHAT');
  return (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const actions: Record<string, (() => void) | undefined> = {
      r: () => ui.reply(message),
      '+': () => ui.pick(message),
      e: isMine ? () => ui.edit(message) : undefined,
      p: mayDelete ? () => void session.chatActions.pin(message) : undefined,
      Delete: isMine || mayDelete ? () => void session.chatActions.remove(message.id) : undefined,
      Enter: () => event.currentTarget.querySelector<HTMLElement>('[data-tools] button')?.focus(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
}

function RoleTag({ subjectId }: { subjectId: string }) {
  const ownerId = useRoom(select.settings.ownerId);
  const role = useRoom((room) => room.members.find((session) => session.member?.subjectId === subjectId)?.member?.role);
  if (subjectId === ownerId) return <Tag tone="warn">host</Tag>;
  return role === 'ROLE_MODERATOR' ? <Tag tone="info">moderator</Tag> : null;
}

/** Where the film was when the message was written; a press jumps there, for everyone, if that is allowed. */
function FilmPlace({ itemId, positionMs, isShown }: { itemId: string; positionMs: number; isShown: boolean }) {
  const session = useRoomSession();
  const control = useGate('PERMISSION_PLAY_CONTROL');
  const isOn = useRoom(select.playback.itemId) === itemId;
  const whyNot = useRoom(select.playlist.whyNoJumps);
  if (!isShown) return null;
  const place = clockTime(positionMs);
  const chip = 'mr-1.5 inline-block rounded-md bg-hover px-1.5 text-xs font-semibold tabular-nums';
  if (!isOn || whyNot)
    return (
      <span className={cx(chip, 'text-soft')} title={isOn ? `The film was at ${place}` : 'From another video'}>
        {place}
      </span>
    );
  return (
    <button
      type="button"
      className={cx(chip, 'hit hover:text-accent')}
      aria-label={`Jump to ${place}, for everyone`}
      title={`Jump to ${place}, for everyone`}
      aria-disabled={!control.may}
      onClick={() => control.press(() => void session.commands.seek(positionMs))}
    >
      {place}
    </button>
  );
}

/** Draws a placeholder for a message whose drawing fails. */
class Guard extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? (
      <p className="px-3 py-1 text-small text-faint italic">This message can’t be shown.</p>
    ) : (
      this.props.children
    );
  }
}
