import { waitWords } from '../../api/errors';
import { useCountdown, useRoom, useRoomSession } from '../../room/hooks';
import { Button } from '../../ui/Button';

/** Why there is no field, until when, and whom to ask. */
export function CannotWrite() {
  const session = useRoomSession();
  const isOff = useRoom((room) => room.settings?.chat?.disabled === true);
  const mutedUntilMs = useRoom((room) => Date.parse(room.access.me?.mutedUntil ?? '') || 0);
  const left = useCountdown(mutedUntilMs);
  const why =
    left > 0
      ? `A moderator muted you. You can write again in ${waitWords(left * 1_000)}.`
      : isOff
        ? 'The chat of this room is turned off. You can read what was said.'
        : 'You can read the chat, but not write in it.';
  return (
    <div className="flex flex-wrap items-center justify-center gap-3 px-5 pt-2 pb-4">
      <p role="status" className="text-center text-small text-soft">
        {why}
      </p>
      {left > 0 || isOff || (
        <Button size="sm" onClick={() => session.explainRefusal('PERMISSION_SEND_CHAT')}>
          Why?
        </Button>
      )}
    </div>
  );
}
