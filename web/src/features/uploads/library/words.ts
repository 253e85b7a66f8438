// An upload of the server in words.
import type { UploadJson } from '../../../api/gen/syncwatch/media/v1/upload_pb';
import { bytes, clockTime, msFromUs } from '../../../room/format';
import { percentOf } from '../progress';
import { refusalFrom } from '../refusal';

/** Its state changes by itself. */
export function isMoving({ state }: UploadJson): boolean {
  return state === 'UPLOAD_STATE_PENDING' || state === 'UPLOAD_STATE_PROCESSING' || state === 'UPLOAD_STATE_SENDING';
}

/** "1:30:00 · 1920 × 1080 · 2 GB" */
export function factsOf(upload: UploadJson): string {
  const ms = msFromUs(upload.durationUs);
  const { width = 0, height = 0 } = upload;
  return [
    ms > 0 ? clockTime(ms) : '',
    width > 0 && height > 0 ? `${width} × ${height}` : '',
    bytes(Number(upload.storedBytes || upload.sizeBytes || 0)),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What is to be said about it; empty: it is ready. */
export function stateOf(upload: UploadJson): { text: string; failed: boolean } {
  const { state, playable = false, progress = 0 } = upload;
  if (state === 'UPLOAD_STATE_FAILED')
    return { text: refusalFrom(upload.failureReason ?? '', upload.failureMessage ?? '').text, failed: true };
  if (state === 'UPLOAD_STATE_SENDING') {
    const sent = percentOf(Number(upload.receivedBytes ?? 0), Number(upload.sizeBytes ?? 0));
    return { text: `${sent} % is sent. Choose the file again where you began to send it.`, failed: false };
  }
  if (state === 'UPLOAD_STATE_READY') return { text: '', failed: false };
  return { text: playable ? `Plays already, ${progress} % prepared` : `Preparing, ${progress} %`, failed: false };
}
