import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { call } from '../../api/call';
import { MediaAdminService } from '../../api/gen/services';
import type { ListTasksResponseJson } from '../../api/gen/syncwatch/media/v1/admin_pb';
import { sessionStore } from '../../api/session';
import { useLoaded, useNow } from '../../room/hooks';
import { Panel } from '../../ui/Panel';
import { Segmented } from '../../ui/Segmented';
import { EmptyState, FailedState, LoadingRows } from '../../ui/States';
import { StoragePart } from './StoragePart';
import { TaskRow } from './TaskRow';
import { WorkersPart } from './WorkersPart';
import { type Filter, STATES } from './words';

const REFRESH_MS = 3_000;
const PAGE_SIZE = 200;

/** The preparing of uploads, for administrators: queue, workers, failures, storage. */
export function MediaAdminPage() {
  const isRestoring = useStore(sessionStore, ({ status }) => status === 'restoring');
  useEffect(() => {
    document.title = 'Uploads, for administrators – SyncWatch';
  }, []);
  return (
    <main className="mx-auto w-full max-w-4xl grow px-5 pb-12 md:px-8">
      <h1 className="pt-2 pb-4 text-[28px] font-bold">Uploads of everyone</h1>
      {isRestoring ? <LoadingRows label="Loading" /> : <Parts />}
    </main>
  );
}

function Parts() {
  const [filter, setFilter] = useState<Filter>('all');
  const { data, error, reload } = useLoaded(filter, (signal) =>
    call(MediaAdminService.listTasks, { pageSize: PAGE_SIZE, state: STATES[filter] }, signal),
  );
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  });
  if (error && !data)
    return (
      <Panel className="p-4">
        <FailedState text={error} onRetry={reload} />
      </Panel>
    );
  if (!data) return <LoadingRows label="Loading the queue" rows={5} />;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {error && <p className="px-1 text-sm text-warn">The figures are not up to date. {error}</p>}
      <Queue data={data} filter={filter} onFilter={setFilter} onChanged={reload} />
      <WorkersPart workers={data.workers ?? []} waiting={data.waiting ?? 0} />
      <StoragePart />
    </div>
  );
}

interface QueueProps {
  data: ListTasksResponseJson;
  filter: Filter;
  onFilter: (filter: Filter) => void;
  onChanged: () => void;
}

function Queue({ data, filter, onFilter, onChanged }: QueueProps) {
  const nowMs = useNow(1_000);
  const { tasks = [], running = 0, waiting = 0, failed = 0 } = data;
  return (
    <Panel className="rim relative p-4">
      <h2 className="text-title">Queue</h2>
      <p className="mt-1 mb-3 text-sm text-soft tabular-nums">
        {running} running, {waiting} waiting, {failed} failed within 7 days
      </p>
      <Segmented<Filter>
        label="Which tasks"
        value={filter}
        onChange={onFilter}
        options={[
          { value: 'all', label: 'All' },
          { value: 'running', label: 'Running' },
          { value: 'waiting', label: 'Waiting' },
          { value: 'failed', label: 'Failed' },
        ]}
      />
      {tasks.length === 0 && <EmptyState title="Nothing here">Files that people upload are prepared here.</EmptyState>}
      <ul aria-label="Tasks" className="mt-2 grid grid-cols-[minmax(0,1fr)] gap-1">
        {tasks.map((task) => (
          <TaskRow key={task.id} task={task} nowMs={nowMs} onChanged={onChanged} />
        ))}
      </ul>
    </Panel>
  );
}
