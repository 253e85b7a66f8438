import { Clock3 } from 'lucide-react';
import type { ApiError } from '../../api/errors';
import { heldUp } from '../../api/errors';
import { useRoom } from '../room/context';
import { useCountdown } from '../room/useCountdown';

/** Why messages wait, and for how much longer. */
export function HoldLine() {
  const hold = useRoom((state) => state.chatHold);
  return hold && <Countdown error={hold.error} untilServerMs={hold.untilServerMs} />;
}

function Countdown({ error, untilServerMs }: { error: ApiError; untilServerMs: number }) {
  const left = useCountdown(untilServerMs);
  return (
    <p role="status" className="flex items-center gap-1.5 px-4 pb-1 text-xs text-soft">
      <Clock3 size={13} aria-hidden />
      {heldUp(error, left * 1000)}
    </p>
  );
}
