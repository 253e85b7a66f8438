import type { Message, Reaction } from '../../../room/chat/message';
import { useGate, useRoomSession } from '../../../room/hooks';
import { cx } from '../../../ui/classes';
import { ReactionSign } from './EmoteImage';

export function Reactions({ message }: { message: Message }) {
  const session = useRoomSession();
  const react = useGate('PERMISSION_REACT');
  return (
    <div role="group" aria-label="Reactions" className="mt-1 flex flex-wrap gap-1">
      {message.reactions.map((reaction) => (
        <button
          key={reaction.key}
          type="button"
          aria-pressed={reaction.isMine}
          aria-label={`${reaction.key}, ${reaction.count} ${reaction.count === 1 ? 'person' : 'people'}`}
          title={who(reaction)}
          aria-disabled={!react.may}
          onClick={() => react.press(() => void session.chatActions.react(message.id, reaction.key))}
          className={cx(
            'inline-flex h-6 items-center gap-1 rounded-lg px-2 text-xs font-semibold tabular-nums',
            reaction.isMine ? 'bg-warn/20 ring-1 ring-warn/50 ring-inset' : 'bg-raised hover:bg-hover',
          )}
        >
          <ReactionSign reaction={reaction.key} size={16} />
          {reaction.count}
        </button>
      ))}
    </div>
  );
}

function who({ people, count }: Reaction): string {
  const names = people.map(({ name }) => name).filter(Boolean);
  const more = count - names.length;
  return names.length ? `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}` : `${count} people`;
}
