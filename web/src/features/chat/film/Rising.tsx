import { type CSSProperties, useEffect, useState } from 'react';
import { useRoom } from '../../../room/hooks';
import type { Floating } from '../../../room/slices/reactions';
import { select } from '../../../room/store';
import { ReactionSign } from '../rows/EmoteImage';

const SHOWN_MS = 3_200;
const CHECK_MS = 400;
const PLACES = 5;
const PLACE_PX = 22;

/** Reactions of everyone, which rise beside the film's edge. With reduced motion they appear and go. */
export function Rising() {
  const floating = useRoom(select.reactions.floating);
  const [mountedMs] = useState(() => performance.now());
  const [nowMs, setNowMs] = useState(mountedMs);
  const shown = floating.filter(({ atMs }) => atMs > mountedMs && nowMs - atMs < SHOWN_MS);
  const last = floating.at(-1)?.atMs ?? 0;
  const isAnyShown = shown.length > 0;
  useEffect(() => setNowMs(performance.now()), [last]);
  useEffect(() => {
    if (!isAnyShown) return;
    const timer = setInterval(() => setNowMs(performance.now()), CHECK_MS);
    return () => clearInterval(timer);
  }, [isAnyShown]);
  return (
    <div data-testid="rising" aria-hidden className="absolute right-6 bottom-32 h-10 w-32">
      {shown.map((reaction) => (
        <Sign key={reaction.seq} reaction={reaction} />
      ))}
    </div>
  );
}

function Sign({ reaction }: { reaction: Floating }) {
  const place = (reaction.seq * 3) % PLACES;
  const style: CSSProperties & Record<`--${string}`, string> = {
    right: place * PLACE_PX,
    '--sway': `${((reaction.seq * 7) % 5) * 9 - 18}px`,
  };
  return (
    <span className="film-rise absolute bottom-0 text-[34px] drop-shadow-lg" style={style}>
      <ReactionSign reaction={reaction.key} size={36} />
    </span>
  );
}
