import { useEffect, useState } from 'react';
import { clockTime } from '../../room/format';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Thumb } from '../../ui/Thumb';

/** What is on. */
export function NowPlaying() {
  const item = useRoom(select.playlist.current);
  const addedBy = useRoom((room) => select.members.nameOf(room, select.playlist.current(room)?.addedBy ?? ''));
  if (!item) return null;
  const title = item.title ?? '';
  return (
    <section aria-label="Now playing" className="card flex items-center gap-3 p-2.5">
      <Thumb src={item.source?.pictureUrl ?? ''} title={title} className="w-28 max-[1100px]:w-22" />
      <div className="min-w-0">
        <p className="text-[12px] font-semibold text-warn tabular-nums">
          Now
          <Position />
        </p>
        <p className="line-clamp-2 text-[14.5px] leading-[1.3] font-semibold">{title}</p>
        {addedBy && <p className="truncate text-small text-soft">{addedBy} added it</p>}
      </div>
    </section>
  );
}

function Position() {
  const session = useRoomSession();
  const [text, setText] = useState('');
  useEffect(() => {
    const read = () => {
      const atMs = session.roomPositionMs();
      const durationMs = session.durationMs();
      setText(atMs === null ? '' : `, ${clockTime(atMs)}${durationMs === null ? '' : ` of ${clockTime(durationMs)}`}`);
    };
    read();
    const timer = setInterval(read, 500);
    return () => clearInterval(timer);
  }, [session]);
  return <span aria-hidden>{text}</span>;
}
