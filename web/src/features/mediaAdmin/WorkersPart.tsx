import type { WorkerInfoJson } from '../../api/gen/syncwatch/media/v1/admin_pb';
import { ListRow } from '../../ui/ListRow';
import { Notice } from '../../ui/Notice';
import { Panel } from '../../ui/Panel';

/** The workers that prepare files. */
export function WorkersPart({ workers, waiting }: { workers: readonly WorkerInfoJson[]; waiting: number }) {
  const slots = workers.reduce((sum, worker) => sum + (worker.slots ?? 0), 0);
  return (
    <Panel className="rim relative p-4">
      <h2 className="text-title">Workers</h2>
      {workers.length === 0 ? (
        <div className="mt-3">
          <Notice tone={waiting > 0 ? 'warn' : 'plain'}>
            No worker has asked for work within the last minute. Uploads wait until one does: start a transcode-worker.
          </Notice>
        </div>
      ) : (
        waiting > slots * 10 && (
          <p className="mt-2 text-sm text-warn">
            Much more waits than runs. More workers, or a faster machine, would shorten the wait.
          </p>
        )
      )}
      <ul aria-label="Workers" className="mt-1 grid gap-0.5">
        {workers.map(({ name, active = 0, slots: own = 0 }) => (
          <li key={name}>
            <ListRow title={name} detail={`${active} of ${own} at work`} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
