// Tasks of the queue in words.
import type { TaskInfoJson, TaskStateJson } from '../../api/gen/syncwatch/media/v1/admin_pb';

export type Filter = 'all' | 'running' | 'waiting' | 'failed';

export const STATES: Readonly<Record<Filter, TaskStateJson>> = {
  all: 'TASK_STATE_UNSPECIFIED',
  running: 'TASK_STATE_RUNNING',
  waiting: 'TASK_STATE_WAITING',
  failed: 'TASK_STATE_FAILED',
};

const KINDS: Readonly<Record<string, string>> = {
  probe: 'Looking into the file',
  segments: 'Encoding',
  subtitles: 'Subtitles',
  storyboard: 'Pictures for the seek bar',
};

export function hasFailed({ state }: TaskInfoJson): boolean {
  return state === 'TASK_STATE_FAILED' || state === 'TASK_STATE_TIMEOUT';
}

/** "Encoding, segments 10 to 19" */
export function kindWords({ kind = '', first = 0, end = 0 }: TaskInfoJson): string {
  const words = KINDS[kind] ?? kind;
  return kind === 'segments' && end > first ? `${words}, segments ${first} to ${end - 1}` : words;
}

export function stateWords(task: TaskInfoJson): string {
  const { state, percent = 0, attempt = 0, urgent = false } = task;
  const speed = Number(task.speed ?? 0);
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  switch (state) {
    case 'TASK_STATE_RUNNING':
      return `${percent} %${speed > 0 ? ` at ${speedWords(speed)}` : ''}${again}`;
    case 'TASK_STATE_WAITING':
      return `${urgent ? 'A viewer waits for it' : 'Waits'}${again}`;
    case 'TASK_STATE_FAILED':
      return attempt > 0 ? `Failed after attempt ${attempt}` : 'Failed';
    case 'TASK_STATE_TIMEOUT':
      return 'Stopped, since it made no progress or took too long';
    default:
      return '';
  }
}

/** Seconds of film made in a second. */
function speedWords(speed: number): string {
  return `${speed < 10 ? speed.toFixed(1) : Math.round(speed)}× the speed of the film`;
}
