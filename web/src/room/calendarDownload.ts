// The start of a room as a file that calendars open.
import type { RoomJson } from '../api/gen/syncwatch/room/v1/room_pb';
import { calendarFile } from './calendar';
import { linkOf } from './links';
import { instantMs } from './when';

/** A download begins in a task of its own, so the address of the file must outlive the press. */
const KEEP_MS = 60_000;

/** Saves the file on this device. Nothing happens for a room without a start. */
export function downloadCalendarFile(room: RoomJson): void {
  const startsMs = instantMs(room.startsAt);
  if (startsMs === null) return;
  const endsMs = instantMs(room.endsAt);
  const name = room.name || 'SyncWatch';
  const file = calendarFile(
    {
      id: room.id ?? '',
      name,
      startsAt: new Date(startsMs),
      link: linkOf(room.code ?? ''),
      ...(room.description && { description: room.description }),
      ...(endsMs !== null && { endsAt: new Date(endsMs) }),
    },
    new Date(),
  );
  const address = URL.createObjectURL(new Blob([file], { type: 'text/calendar' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `${fileName(name)}.ics`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_MS);
}

/** Without what systems do not take in the name of a file. */
export function fileName(name: string): string {
  const safe = name.replace(/[\\/:*?"<>|.\p{Cc}]+/gu, ' ').trim();
  return Array.from(safe).slice(0, 60).join('') || 'room';
}
