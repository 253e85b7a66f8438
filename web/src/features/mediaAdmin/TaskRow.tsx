import { call } from '../../api/call';
import { MediaAdminService } from '../../api/gen/services';
import type { TaskInfoJson } from '../../api/gen/syncwatch/media/v1/admin_pb';
import { useAction } from '../../room/hooks';
import { ago, instantMs } from '../../room/when';
import { Button } from '../../ui/Button';
import { cx } from '../../ui/classes';
import { hasFailed, kindWords, stateWords } from './words';

interface Props {
  task: TaskInfoJson;
  nowMs: number;
  onChanged: () => void;
}

export function TaskRow({ task, nowMs, onChanged }: Props) {
  const { busy, error, run } = useAction();
  const { filename = '', uploadId = '', worker = '', message = '', log = '' } = task;
  const failed = hasFailed(task);
  const changedMs = instantMs(task.changedAt ?? task.createdAt);
  const facts = [kindWords(task), worker, changedMs === null ? '' : ago(changedMs, nowMs)].filter(Boolean).join(' · ');
  const retry = async () => {
    if (await run(() => call(MediaAdminService.retryUpload, { uploadId }))) onChanged();
  };
  return (
    <li className="rounded-[14px] bg-raised px-3.5 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <div className="min-w-0 grow basis-60">
          <p className="truncate text-[14.5px] font-semibold">{filename}</p>
          <p className="truncate text-small text-soft tabular-nums">{facts}</p>
        </div>
        <span className={cx('text-sm tabular-nums', failed ? 'text-bad' : 'text-soft')}>{stateWords(task)}</span>
        {failed && (
          <Button size="sm" busy={busy} aria-label={`Try ${filename} again`} onClick={() => void retry()}>
            Try again
          </Button>
        )}
      </div>
      {failed && message && <p className="mt-1 text-small wrap-anywhere text-bad">{message}</p>}
      {error && (
        <p role="alert" className="mt-1 text-small text-bad">
          {error}
        </p>
      )}
      {log && (
        <details className="mt-1">
          <summary className="cursor-pointer text-small text-soft">End of the log</summary>
          <pre
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls by keyboard, too
            tabIndex={0}
            role="region"
            aria-label={`Log of ${filename}`}
            className="slim-scroll mt-1 max-h-64 overflow-auto rounded-control bg-well p-3 text-[12px] leading-snug"
          >
            {log}
          </pre>
        </details>
      )}
    </li>
  );
}
