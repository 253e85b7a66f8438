import { useState } from 'react';
import { call } from '../../api/call';
import { RoomLogService } from '../../api/gen/services';
import type { LogEntryJson } from '../../api/gen/syncwatch/room/v1/log_pb';
import { useLoaded, useNow, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { ago, instantMs } from '../../room/when';
import { Button } from '../../ui/Button';
import { Segmented } from '../../ui/Segmented';
import { EmptyState, FailedState, LoadingRows } from '../../ui/States';
import { KINDS, type LogFilter, logWords } from './logWords';

const PAGE = 50;
const MAX_PAGE = 200;
const MINUTE_MS = 60_000;

/** What happened in the room and who did it, the latest first. */
export function LogPage() {
  const room = useRoom(select.settings.roomId);
  const [filter, setFilter] = useState<LogFilter>('all');
  const [size, setSize] = useState(PAGE);
  const nowMs = useNow(MINUTE_MS);
  const { data, error, reload } = useLoaded(`${room} ${filter} ${size}`, (signal) =>
    call(RoomLogService.listLog, { room, kinds: [...KINDS[filter]], pageSize: size }, signal),
  );
  const entries = data?.entries ?? [];
  return (
    <div className="grid gap-3">
      <Segmented<LogFilter>
        label="What to show"
        value={filter}
        onChange={setFilter}
        options={[
          { value: 'all', label: 'Everything' },
          { value: 'people', label: 'People' },
          { value: 'videos', label: 'Videos' },
          { value: 'room', label: 'The room' },
        ]}
      />
      {error && <FailedState text={error} onRetry={reload} />}
      {!data && !error && <LoadingRows label="Loading the log" rows={6} />}
      {data && entries.length === 0 && <EmptyState title="Nothing yet" />}
      <ul aria-label="Log" className="grid gap-0.5">
        {entries.map((entry) => (
          <Entry key={entry.event?.id} entry={entry} nowMs={nowMs} />
        ))}
      </ul>
      {data?.nextPageToken && size < MAX_PAGE && (
        <Button className="justify-self-center" onClick={() => setSize(MAX_PAGE)}>
          Show more
        </Button>
      )}
    </div>
  );
}

function Entry({ entry, nowMs }: { entry: LogEntryJson; nowMs: number }) {
  const atMs = instantMs(entry.at);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 rounded-control px-2 py-1.5 hover:bg-hover">
      <span className="wrap-anywhere">{logWords(entry)}</span>
      <time dateTime={entry.at} className="text-small text-soft tabular-nums">
        {atMs === null ? '' : ago(atMs, nowMs)}
      </time>
    </li>
  );
}
