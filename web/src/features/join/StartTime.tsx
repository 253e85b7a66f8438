import { CalendarPlus } from 'lucide-react';
import type { RoomJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { downloadCalendarFile } from '../../room/calendarDownload';
import { useNow } from '../../room/hooks';
import { countdown, instantMs, when } from '../../room/when';
import { Button } from '../../ui/Button';

/** When the room begins, with a countdown. Nothing once it has begun. */
export function StartTime({ room }: { room: RoomJson }) {
  const startsMs = instantMs(room.startsAt);
  const nowMs = useNow(1_000);
  if (startsMs === null || startsMs <= nowMs) return null;
  return (
    <div className="card mt-4 flex flex-wrap items-center gap-x-4 gap-y-2 p-3">
      <p className="min-w-0 grow">
        <span className="block text-small text-soft">Starts {when(startsMs, nowMs)}</span>
        <span role="timer" aria-label={`Starts in ${countdown(startsMs - nowMs)}`} className="text-title tabular-nums">
          {countdown(startsMs - nowMs)}
        </span>
        {room.autoStart && <span className="block text-small text-soft">The video starts by itself.</span>}
      </p>
      <Button size="sm" onClick={() => downloadCalendarFile(room)}>
        <CalendarPlus size={16} aria-hidden />
        Add to calendar
      </Button>
    </div>
  );
}
