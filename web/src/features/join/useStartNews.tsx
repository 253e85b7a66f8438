import { CalendarClock } from 'lucide-react';
import { downloadCalendarFile } from '../../room/calendarDownload';
import { useCountdown, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { countdown, instantMs, when } from '../../room/when';
import type { RoomNews } from '../../ui/RoomToast';

/** The lobby: counts down to the time when the people of the room want to begin; null once it has come. */
export function useStartNews(): RoomNews | null {
  const room = useRoom(select.settings.room);
  const startsMs = instantMs(room?.startsAt);
  const playing = useRoom(select.playback.isPlaying);
  const secondsLeft = useCountdown(startsMs ?? 0);
  if (startsMs === null || secondsLeft === 0 || playing) return null;
  return {
    key: `starts ${startsMs}`,
    icon: <CalendarClock size={18} aria-hidden />,
    text: `We start ${when(startsMs, startsMs - secondsLeft * 1_000)}`,
    left: countdown(secondsLeft * 1_000),
    actions: [{ label: 'Add to calendar', onPress: () => room && downloadCalendarFile(room) }],
  };
}
