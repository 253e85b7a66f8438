import type { RoomLiveJson } from '../../api/gen/syncwatch/room/v1/live_pb';
import type { FoundRoom } from '../../room/roomFrom';
import { names } from '../../room/when';
import { StartTime } from './StartTime';

/** Who is in the room, what plays there, and when it begins. */
export function AboutRoom({ room, live }: { room: FoundRoom; live: RoomLiveJson | undefined }) {
  const people = whoIsThere(live);
  return (
    <>
      {room.description && <p className="mt-2 line-clamp-4 whitespace-pre-line text-soft">{room.description}</p>}
      {people && <p className="mt-2 text-sm text-soft">{people}</p>}
      <StartTime room={room} />
    </>
  );
}

/** "Mia and Ben are watching The Lake House"; empty when nobody is there. */
export function whoIsThere(live: RoomLiveJson | undefined): string {
  const count = live?.presentCount ?? 0;
  if (count === 0) return '';
  const who = live?.names?.length ? names(live.names, count) : count === 1 ? 'One person' : `${count} people`;
  const are = count === 1 ? 'is' : 'are';
  return live?.itemTitle ? `${who} ${are} watching ${live.itemTitle}` : `${who} ${are} here`;
}
