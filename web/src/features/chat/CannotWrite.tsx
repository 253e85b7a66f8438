import { waitWords } from '../../api/errors';
import { useCountdown, useRoom, useRoomSession } from '../../room/hooks';
import { Button } from '../../ui/Button';

/** Why there is no field, until when, and whom to ask. */
export function CannotWrite() {
  const session = useRoomSession();
  const mutedUntilMs = useRoom((room) => Date.parse(room.access.me?.mutedUntil ?? '') || 0);
  const left = useCountdown(mutedUntilMs);
  return (
    <div className="flex flex-wrap items-center justify-center gap-3 px-5 pt-2 pb-4">
      <p role="status" className="text-center text-small text-soft">
        {left > 0
          ? `A moderator muted you. You can write again in ${waitWords(left * 1_000)}.`
          : 'You can read the chat, but not write in it.'}
      </p>
      {left > 0 || (
        <Button size="sm" onClick={() => session.explainRefusal('PERMISSION_SEND_CHAT')}>
          Why?
        </Button>
      )}
    </div>
  );
}
