import { useMemo } from 'react';
import type { Mention } from '../../../room/chat/mentions';
import { isEmojiAlone, type Piece, piecesOf } from '../../../room/chat/pieces';
import { useRoom } from '../../../room/hooks';
import { select } from '../../../room/store';
import { cx } from '../../../ui/classes';
import { EmoteImage } from './EmoteImage';

interface Props {
  text: string;
  mentions?: readonly Mention[];
  /** A line of another message or over the film: links are not pressed there. */
  plain?: boolean;
  className?: string;
}

/** Text as it was typed, with links, mentions by their present names, and emotes. Links send no referrer. */
export function MessageText({ text, mentions = NONE, plain = false, className }: Props) {
  const emotes = useRoom(select.emotes.known);
  const pieces = useMemo(() => piecesOf(text, mentions, emotes), [text, mentions, emotes]);
  const isBig = !plain && isEmojiAlone(text);
  return (
    <span className={cx('break-words whitespace-pre-wrap', isBig && 'text-3xl leading-tight', className)}>
      {pieces.map((piece, index) => (
        // The parts of a text never change their order.
        // oxlint-disable-next-line react/no-array-index-key
        <Part key={index} piece={piece} plain={plain} />
      ))}
    </span>
  );
}

const NONE: readonly Mention[] = [];

function Part({ piece, plain }: { piece: Piece; plain: boolean }) {
  switch (piece.kind) {
    case 'link':
      return plain ? (
        piece.text
      ) : (
        <a
          href={piece.href}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="text-accent underline underline-offset-2"
        >
          {piece.text}
        </a>
      );
    case 'mention':
      return <MentionName subjectId={piece.subjectId} fallback={piece.name ? `@${piece.name}` : piece.text} />;
    case 'emote':
      return <EmoteImage name={piece.name} />;
    default:
      return piece.text;
  }
}

/** The present name of the person: they may have another one than when the message was written (case W14). */
function MentionName({ subjectId, fallback }: { subjectId: string; fallback: string }) {
  const isMe = useRoom(select.access.mySubjectId) === subjectId;
  const ownName = useRoom((room) => room.access.me?.displayName);
  const name = useRoom((room) => select.members.nameOf(room, subjectId));
  const shown = isMe ? ownName : name;
  return (
    <mark className={cx('rounded-md px-1 text-inherit', isMe ? 'bg-warn/25' : 'bg-info/20')}>
      {shown ? `@${shown}` : fallback}
    </mark>
  );
}
