import { Clock3 } from 'lucide-react';
import { type ApiError, whyDelayed } from '../../api/errors';
import { useCountdown, useRoom } from '../../room/hooks';
import { select } from '../../room/store';

/** Shows why messages wait, and how long. */
export function HoldLine() {
  const hold = useRoom(select.chat.hold);
  return hold && <Countdown error={hold.error} untilServerMs={hold.untilServerMs} />;
}

function Countdown({ error, untilServerMs }: { error: ApiError; untilServerMs: number }) {
  const left = useCountdown(untilServerMs);
  return (
    <p role="status" className="flex items-center gap-1.5 px-4 pb-1 text-xs text-soft">
      <Clock3 size={13} aria-hidden />
      {whyDelayed(error, left * 1000)}
    </p>
  );
}
