import { Hourglass } from 'lucide-react';
import { useDevice } from '../../room/device';
import { useCountdown, useRoom } from '../../room/hooks';
import type { Hold } from '../../room/slices/playback';
import { select } from '../../room/store';

const REASONS: Record<Hold['reason'], string> = {
  item: 'to load the video',
  seek: 'to load after the jump',
  stalled: 'to finish buffering',
};

/** Shows whom a start waits for, why, and how long at most. The countdown is hidden from screen readers, which would read it every second. */
export function WaitingBanner({ below = false }: { below?: boolean }) {
  const room = useRoom((whole) => whole);
  const hold = select.playback.hold(room);
  const secondsLeft = useCountdown(hold?.untilServerMs ?? 0);
  const setExcused = useDevice((state) => state.setExcused);
  if (!hold) return null;
  const names = select.members.awaited(room);
  const mine = hold.waitingSessionIds.includes(select.connection.sessionId(room));
  const who = names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : list(names);
  return (
    <div
      className={below ? 'w-fit' : 'pointer-events-none absolute inset-0 z-10 grid place-items-center p-3 max-sm:pb-28'}
    >
      <div className="glass-over rise flex max-w-full flex-wrap items-center justify-center gap-x-3 gap-y-2 rounded-3xl px-5 py-2.5 font-medium">
        <span className="flex items-center gap-2.5">
          <Hourglass size={17} aria-hidden className="shrink-0" />
          <span role="status">
            {who ? `Waiting for ${who}` : 'Starting'}
            {who && (
              <>
                {secondsLeft > 0 && (
                  <span aria-hidden className="tabular-nums">
                    , {secondsLeft} s
                  </span>
                )}
                <span className="block text-sm font-normal opacity-75">{REASONS[hold.reason]}</span>
              </>
            )}
          </span>
        </span>
        {mine && (
          <button
            type="button"
            onClick={() => setExcused(true)}
            className="pointer-events-auto min-h-9 rounded-xl bg-white/15 px-3 text-sm font-semibold hover:bg-white/25"
          >
            Don’t wait for me
          </button>
        )}
      </div>
    </div>
  );
}

function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
