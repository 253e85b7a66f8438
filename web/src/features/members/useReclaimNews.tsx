import { Crown } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { RoomService } from '../../api/gen/services';
import { useCountdown, useRoom } from '../../room/hooks';
import { reclaimUntilMs } from '../../room/ownership';
import { select } from '../../room/store';
import type { RoomNews } from '../../ui/RoomToast';
import { notify } from '../../ui/toasts';

/** Offers a former owner who was away to take the room back, while that is possible. */
export function useReclaimNews(): RoomNews | null {
  const untilMs = useRoom(reclaimUntilMs);
  const roomId = useRoom(select.settings.roomId);
  const owner = useRoom((room) => select.members.nameOf(room, select.settings.ownerId(room)) || 'Someone else');
  const secondsLeft = useCountdown(untilMs ?? 0);
  const [busy, setBusy] = useState(false);
  /** The end of the offer that was declined. */
  const [declinedMs, setDeclinedMs] = useState<number | null>(null);
  if (untilMs === null || secondsLeft === 0 || declinedMs === untilMs) return null;

  const take = async () => {
    setBusy(true);
    try {
      await call(RoomService.reclaimRoom, { room: roomId });
    } catch (error) {
      notify(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return {
    key: `reclaim ${untilMs}`,
    icon: <Crown size={18} aria-hidden className="shrink-0 text-warn" />,
    text: `You were away, so ${owner} became the owner.`,
    left: `${secondsLeft} s`,
    actions: [
      { label: 'Keep it this way', onPress: () => setDeclinedMs(untilMs) },
      { label: 'Take it back', onPress: () => void take(), busy },
    ],
  };
}
