import { Link } from 'react-router';
import type { RoomSummaryJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { Thumb } from '../../ui/Thumb';

/** A room of a list. */
export function RoomCard({ summary: { room, memberCount = 0 } }: { summary: RoomSummaryJson }) {
  const name = room?.name ?? '';
  return (
    <li className="relative">
      <Link to={`/r/${room?.code ?? ''}`} className="group block rounded-[18px]">
        <span className="relative block">
          <Thumb title={name} className="w-full rounded-[18px] transition group-hover:brightness-110" />
          <span className="absolute bottom-2.5 left-2.5 rounded-[9px] bg-[#0a0810]/66 px-2 py-1 text-[12px] font-semibold text-white tabular-nums">
            {memberCount === 1 ? 'One member' : `${memberCount} members`}
          </span>
        </span>
        <span className="mt-2.5 block truncate text-[15px] font-bold">{name}</span>
      </Link>
    </li>
  );
}
