import { useStartNews } from '../../features/join/useStartNews';
import { useReclaimNews } from '../../features/members/useReclaimNews';
import { useRequestNews } from '../../features/members/useRequestNews';
import { useOfflineNews } from '../../features/offline/useOfflineNews';
import { useLastAction } from '../../features/player/useLastAction';
import { useOwnerAwayNews } from '../../features/player/useOwnerAwayNews';
import { useWaitingNews } from '../../features/player/useWaitingNews';
import type { RoomNews } from '../../ui/RoomToast';

/** The one state of the room that matters now, the most important first. */
export function useRoomNews(): RoomNews | null {
  const offline = useOfflineNews();
  const reclaim = useReclaimNews();
  const ownerAway = useOwnerAwayNews();
  const requests = useRequestNews();
  const start = useStartNews();
  const waiting = useWaitingNews();
  const lastAction = useLastAction();
  return offline ?? reclaim ?? ownerAway ?? requests ?? waiting ?? start ?? lastAction;
}
