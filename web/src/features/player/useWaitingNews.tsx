import { Hourglass } from 'lucide-react';
import { useDevice } from '../../room/device';
import { useCountdown, useRoom } from '../../room/hooks';
import type { Hold } from '../../room/slices/playback';
import { select } from '../../room/store';
import type { RoomNews } from '../../ui/RoomToast';

const REASONS: Record<Hold['reason'], string> = {
  item: 'to load the video',
  seek: 'to load after the jump',
  stalled: 'to finish buffering',
};

/** Shows whom a start waits for, why, and how long at most. */
export function useWaitingNews(): RoomNews | null {
  const hold = useRoom(select.playback.hold);
  const awaited = useRoom((room) => select.members.awaited(room).join('\n'));
  const sessionId = useRoom(select.connection.sessionId);
  const secondsLeft = useCountdown(hold?.untilServerMs ?? 0);
  const setExcused = useDevice((state) => state.setExcused);
  if (!hold) return null;
  const names = awaited ? awaited.split('\n') : [];
  const who = names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : list(names);
  const mine = hold.waitingSessionIds.includes(sessionId);
  return {
    key: 'waiting',
    icon: <Hourglass size={17} aria-hidden className="shrink-0 text-warn" />,
    text: who ? `Waiting for ${who}` : 'Starting',
    ...(who && secondsLeft > 0 && { left: `${secondsLeft} s` }),
    ...(who && { detail: REASONS[hold.reason] }),
    ...(mine && { actions: [{ label: 'Don’t wait for me', onPress: () => setExcused(true) }] }),
  };
}

function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
