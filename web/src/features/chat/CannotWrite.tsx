import { waitWords } from '../../api/errors';
import { useCountdown, useRoom } from '../../room/hooks';

/** Why there is no field, and until when. */
export function CannotWrite() {
  const mutedUntilMs = useRoom((room) => Date.parse(room.access.me?.mutedUntil ?? '') || 0);
  const left = useCountdown(mutedUntilMs);
  return (
    <p role="status" className="px-5 pt-2 pb-5 text-center text-small text-soft">
      {left > 0
        ? `A moderator muted you. You can write again in ${waitWords(left * 1_000)}.`
        : 'You can read the chat, but not write in it. Ask a moderator to allow it.'}
    </p>
  );
}
