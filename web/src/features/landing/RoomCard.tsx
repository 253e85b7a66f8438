import { Star } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { MyRoomsService } from '../../api/gen/services';
import type { RoomSummaryJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { cx } from '../../ui/classes';
import { Thumb } from '../../ui/Thumb';
import { notify } from '../../ui/toasts';
import { accessWords, hereWords, placeWords } from './roomWords';

interface Props {
  summary: RoomSummaryJson;
  nowMs: number;
  /** Guests have favourites as long as their session; without one there are none. */
  mayMark: boolean;
  onMarked?: (() => void) | undefined;
}

/** A room of a list: its picture, what is on, who is there, and what is in the way. */
export function RoomCard({ summary, nowMs, mayMark, onMarked }: Props) {
  const { room, live, access } = summary;
  const name = room?.name ?? '';
  const way = accessWords(access);
  const here = hereWords(live);
  return (
    <li className="group relative min-w-0">
      <Link to={`/r/${room?.code ?? ''}`} className="block rounded-[18px]">
        <span className="relative block">
          <Thumb
            src={live?.pictureUrl ?? ''}
            title={name}
            className="w-full rounded-[18px] transition group-hover:brightness-110"
          />
          <span className="absolute bottom-2.5 left-2.5 flex flex-wrap gap-1.5">
            {here && <Label>{here}</Label>}
            {way && <Label>{way}</Label>}
          </span>
        </span>
        <span className="mt-2.5 block truncate text-[15px] font-bold">{name}</span>
        <span className="block truncate text-small text-faint">
          {placeWords(summary, nowMs) || room?.description || 'Nothing is on'}
        </span>
      </Link>
      {mayMark && (
        <Favourite roomId={room?.id ?? ''} name={name} marked={summary.favourite === true} onMarked={onMarked} />
      )}
    </li>
  );
}

function Label({ children }: { children: string }) {
  return (
    <span className="rounded-[9px] bg-[#0a0810]/70 px-2 py-1 text-[12px] font-semibold text-white tabular-nums">
      {children}
    </span>
  );
}

interface MarkProps {
  roomId: string;
  name: string;
  marked: boolean;
  onMarked: (() => void) | undefined;
}

function Favourite({ roomId, name, marked, onMarked }: MarkProps) {
  const [on, setOn] = useState(marked);
  const toggle = async () => {
    setOn(!on);
    try {
      await call(on ? MyRoomsService.removeFavourite : MyRoomsService.addFavourite, { room: roomId });
      onMarked?.();
    } catch (error) {
      setOn(on);
      notify(explain(error));
    }
  };
  return (
    <button
      type="button"
      aria-pressed={on}
      aria-label={`Favourite: ${name}`}
      title={on ? 'Remove from favourites' : 'Add to favourites'}
      onClick={() => void toggle()}
      className={cx(
        'absolute top-2 right-2 grid size-target place-items-center rounded-full bg-[#0a0810]/55 text-white transition',
        !on && 'opacity-0 group-hover:opacity-100 focus-visible:opacity-100 touch:opacity-100',
      )}
    >
      <Star size={18} fill={on ? 'currentColor' : 'none'} className={on ? 'text-[#ffc46b]' : ''} />
    </button>
  );
}
