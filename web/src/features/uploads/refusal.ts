// Why an upload cannot go on: what happened, and what to do, in words and as a button.
import { ApiError, explain, isUnreachable, sentence, waitWords } from '../../api/errors';
import { bytes } from '../../room/format';
import { span } from '../../room/when';

/**
 * What a person can do about it. `again`: the same file once more; `allow`: a tap, after which the browser asks whether the
 * page may read it; `find`: the same file, which the browser has lost; `choose`: another file; `library`: make room there;
 * `none`: nothing here.
 */
export type Remedy = 'again' | 'allow' | 'find' | 'choose' | 'library' | 'none';

export interface Refusal {
  /** A reason of the contract, or one of this page. */
  reason: string;
  text: string;
  remedy: Remedy;
}

/** The server has never heard of it, or has forgotten it: an unfinished upload is kept for a day. */
export const GONE = 'UPLOAD_NOT_FOUND';
export const FILE_CHANGED = 'FILE_CHANGED';
/** The browser needs it to be chosen again. */
export const FILE_LOST = 'FILE_LOST';
/** The browser knows it, and wants a tap. */
export const FILE_LOCKED = 'FILE_LOCKED';
/** Not the file that was begun. */
export const FILE_OTHER = 'FILE_OTHER';
export const PROXY_LIMIT = 'PROXY_LIMIT';

type Metadata = Readonly<Record<string, string>>;

const number = (text: string | undefined) => Number(text ?? '') || 0;

/** Words by reason. The numbers come from the server's error, where it has them. */
const WORDS: Readonly<Record<string, { text: (metadata: Metadata) => string; remedy: Remedy }>> = {
  UNSUPPORTED_FORMAT: {
    text: () => 'This kind of file can’t be watched here. Choose a film as mp4, webm, mov or mkv.',
    remedy: 'choose',
  },
  MIME_MISMATCH: {
    text: () => 'This file isn’t what its name says. Check that it plays on your device, or choose another one.',
    remedy: 'choose',
  },
  TOO_LARGE: {
    text: ({ max_bytes, size_bytes }) => tooLarge(number(size_bytes), number(max_bytes)),
    remedy: 'choose',
  },
  TOO_LONG: { text: ({ max_seconds }) => tooLong(0, number(max_seconds)), remedy: 'choose' },
  FILE_EMPTY: { text: () => 'This file is empty. Choose another one.', remedy: 'choose' },
  FILE_UNREADABLE: {
    text: () =>
      'This file is damaged or cut short, so no film can be read from it. Check that it plays on your device, or choose another one.',
    remedy: 'choose',
  },
  QUOTA_EXCEEDED: {
    text: ({ used_bytes, quota_bytes }) => quotaFull(number(used_bytes), number(quota_bytes)),
    remedy: 'library',
  },
  UPLOADS_OFF: {
    text: () => 'This installation takes no uploads, or none from guests. Sign in, or paste a link instead.',
    remedy: 'none',
  },
  MEDIA_FAILED: {
    text: () => 'This file can’t be played: preparing it failed, or it was deleted. Choose it again.',
    remedy: 'choose',
  },
  MALWARE_FOUND: {
    text: () => 'A virus scanner found something in this file, so it was deleted. Choose another one.',
    remedy: 'choose',
  },
  PREPARING_FAILED: {
    text: () => 'This file couldn’t be converted. Check that it plays on your device, or choose another one.',
    remedy: 'choose',
  },
  PREPARING_TIMED_OUT: {
    text: () => 'Converting this file took too long, so it was stopped. Choose a shorter or a smaller one.',
    remedy: 'choose',
  },
  [GONE]: {
    text: () =>
      'The server no longer has the first part of this file: an unfinished upload is kept for a day. Send it again from the start.',
    remedy: 'again',
  },
  [FILE_CHANGED]: {
    text: () => 'The file has changed since a part of it was sent. Send it again from the start.',
    remedy: 'again',
  },
  [FILE_LOST]: {
    text: () => 'The browser can’t read this file any more. Choose it again, and the rest is sent.',
    remedy: 'find',
  },
  [FILE_LOCKED]: {
    text: () => 'Your browser asks first before it reads this file again.',
    remedy: 'allow',
  },
  [FILE_OTHER]: {
    text: () =>
      'That is another file than the one whose first part was sent. Choose the same one, or cancel this upload.',
    remedy: 'find',
  },
  [PROXY_LIMIT]: {
    text: () =>
      'A server between you and SyncWatch refuses files of this size, although SyncWatch takes them. Try another network, or tell the administrator.',
    remedy: 'again',
  },
};

/** Words for a reason that has its own; null for others. */
export function refusalFor(reason: string, metadata: Metadata = {}): Refusal | null {
  const known = WORDS[reason];
  return known ? { reason, text: known.text(metadata), remedy: known.remedy } : null;
}

/** Why a request failed. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ApiError)) return { reason: 'INTERNAL', text: explain(error), remedy: 'again' };
  if (error.reason === 'TOO_MANY_UPLOADS') {
    const when = error.retryAfterMs === null ? 'in a while' : `in ${waitWords(error.retryAfterMs)}`;
    const text = `You began as many uploads as an hour allows. Those that run go on; begin this one ${when}.`;
    return { reason: error.reason, text, remedy: 'again' };
  }
  return refusalFor(error.reason, error.metadata) ?? { reason: error.reason, text: explain(error), remedy: 'again' };
}

/** Why an upload of the server failed: our words for its reason, else its own. */
export function refusalFrom(reason: string, message: string): Refusal {
  return refusalFor(reason) ?? { reason, text: sentence(message), remedy: 'choose' };
}

/** Why nothing is being sent just now, although the upload goes on by itself. */
export function waitingWords(error: unknown): string {
  if (isUnreachable(error)) return 'No connection. It goes on by itself.';
  return 'The server is busy. It goes on by itself.';
}

export function tooLarge(size: number, max: number): string {
  const what = max ? `${size ? `${bytes(size)} of ` : 'more than '}${bytes(max)}` : '';
  return `This file is too large${what ? ` (${what})` : ''}. Choose a smaller one.`;
}

export function tooLong(seconds: number, max: number): string {
  const most = max ? `, and ${span(max * 1000)} is the most` : '';
  return `This film is too long${seconds ? ` (${span(seconds * 1000)})` : ''}${most}. Choose a shorter one.`;
}

export function quotaFull(used: number, quota: number): string {
  const what = quota ? ` (${bytes(used)} of ${bytes(quota)} used)` : '';
  return `Your storage has no room for this file${what}. Delete something from your uploads first.`;
}
