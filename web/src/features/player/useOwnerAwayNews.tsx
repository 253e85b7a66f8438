import { Crown } from 'lucide-react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import type { RoomNews } from '../../ui/RoomToast';

export const OWNER_AWAY = 'The owner is away, so the video is paused.';
export const OWNER_AWAY_HINT = 'Anyone who can control playback can press play.';

/** Says that the room waits for its owner. */
export function useOwnerAwayNews(): RoomNews | null {
  const away = useRoom(select.playback.isOwnerAway);
  if (!away) return null;
  return {
    key: 'owner away',
    icon: <Crown size={17} aria-hidden className="shrink-0 text-warn" />,
    text: OWNER_AWAY,
    detail: OWNER_AWAY_HINT,
  };
}
