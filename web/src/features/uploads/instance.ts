// The uploads of this page: one for all its rooms, so that an upload goes on while people move about.
import { call } from '../../api/call';
import { MediaService, PlaylistService, UploadService } from '../../api/gen/services';
import { bearer, isSignedOut, sessionStore } from '../../api/session';
import { notify } from '../../ui/toasts';
import { openEntries } from './entries';
import { uploadsStore } from './state';
import { Uploads } from './uploads';
import { Wire } from './wire';

const ENDPOINT = '/media/uploads';
const LOOK_EVERY_MS = 2_000;
/** Nobody watches a page that is hidden. */
const LOOK_HIDDEN_MS = 10_000;

export const uploads = new Uploads({
  wire: new Wire({ endpoint: ENDPOINT, bearer }),
  entries: openEntries(),
  getUpload: async (uploadId) => (await call(UploadService.getUpload, { uploadId })).upload ?? {},
  deleteUpload: (uploadId) => call(UploadService.deleteUpload, { uploadId }),
  // An upload is added once to a room, however often this is tried.
  addItem: async (room, uploadId) =>
    (await call(MediaService.addItem, { room, uploadId, requestId: uploadId })).item ?? {},
  removeItem: (room, itemId) => call(PlaylistService.removeItem, { room, itemId }),
  tell: notify,
  nowMs: () => Date.now(),
  wait,
  alone,
});

let isStarted = false;

/** Lets uploads of earlier visits go on. Call from each page that shows uploads. */
export function startUploads(): void {
  if (isStarted) return;
  isStarted = true;
  const follow = () => {
    const state = sessionStore.getState();
    if (state.session) void uploads.become(state.session.subjectId);
    else if (isSignedOut(state)) void uploads.become('');
  };
  sessionStore.subscribe(follow);
  follow();
  look();
  addEventListener('beforeunload', (event) => {
    if (uploads.wouldLoseFiles) event.preventDefault();
  });
}

function look(): void {
  const again = () => setTimeout(look, document.hidden ? LOOK_HIDDEN_MS : LOOK_EVERY_MS);
  if (uploadsStore.getState().uploads.length === 0) again();
  else uploads.look().then(again, again);
}

/** Resolves after a time, or as soon as the network is back or the page is looked at. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      removeEventListener('online', soon);
      document.removeEventListener('visibilitychange', soon);
      signal.removeEventListener('abort', stop);
      settle();
    };
    const soon = () => !document.hidden && end(resolve);
    const stop = () => end(() => reject(signal.reason));
    const timer = setTimeout(() => end(resolve), ms);
    addEventListener('online', soon);
    document.addEventListener('visibilitychange', soon);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
}

/** Two tabs must not send the same file. Plain http has no Web Locks; there the server's fencing keeps it right. */
async function alone(name: string, run: () => Promise<void>): Promise<boolean> {
  const locks = navigator.locks as LockManager | undefined | null;
  if (!locks) {
    await run();
    return true;
  }
  let isOurs = false;
  await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    isOurs = true;
    await run();
  });
  return isOurs;
}
