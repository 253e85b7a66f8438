// Errors as the server tells them (google.rpc.Status in JSON), and as people read them.

export interface FieldViolation {
  field: string;
  description: string;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    /** HTTP status; 0 when the server could not be reached. */
    readonly code: number,
    /** As in `syncwatch.common.v1.Reason`, without the prefix. */
    readonly reason: string,
    readonly metadata: Readonly<Record<string, string>> = {},
    readonly violations: readonly FieldViolation[] = [],
    readonly retryAfterMs: number | null = null,
    readonly requestId = '',
  ) {
    super(message);
  }
}

export const UNREACHABLE = 'UNREACHABLE';

export function unreachable(): ApiError {
  return new ApiError('The server does not answer. Check your connection.', 0, UNREACHABLE);
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof ApiError && error.reason === UNREACHABLE;
}

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Reads an error body; one that is no such body (a proxy's page) still gives an error that says something. */
export function errorFrom(code: number, body: unknown): ApiError {
  const error = isObject(body) && isObject(body['error']) ? body['error'] : null;
  if (!error) return new ApiError(`The server answered with status ${code}. Try again in a moment.`, code, 'INTERNAL');
  let reason = text(error['status']);
  const metadata: Record<string, string> = {};
  const violations: FieldViolation[] = [];
  let retryAfterMs: number | null = null;
  const details = Array.isArray(error['details']) ? error['details'].filter(isObject) : [];
  for (const detail of details) {
    const type = text(detail['@type']);
    if (type.endsWith('google.rpc.ErrorInfo')) {
      reason = text(detail['reason']) || reason;
      if (isObject(detail['metadata'])) for (const [key, value] of Object.entries(detail['metadata'])) metadata[key] = text(value);
    } else if (type.endsWith('google.rpc.BadRequest') && Array.isArray(detail['fieldViolations'])) {
      for (const v of detail['fieldViolations'].filter(isObject)) {
        violations.push({ field: text(v['field']), description: text(v['description']) });
      }
    } else if (type.endsWith('google.rpc.RetryInfo')) {
      const seconds = Number.parseFloat(text(detail['retryDelay']));
      if (Number.isFinite(seconds)) retryAfterMs = seconds * 1000;
    }
  }
  return new ApiError(sentence(text(error['message'])), code, reason, metadata, violations, retryAfterMs, text(error['requestId']));
}

/** The server's messages are lower-case sentences; in a page they stand alone. */
export function sentence(message: string): string {
  const trimmed = message.trim();
  if (!trimmed) return 'Something went wrong. Try again in a moment.';
  const upper = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}

/** What a reason means to people, and what they can do; else what the server said. */
const ADVICE: Readonly<Record<string, string>> = {
  ROOM_NOT_FOUND: 'There is no room with this code. Check the link, or ask for a new one.',
  ROOM_FULL: 'This room is full. Try again when someone has left.',
  GUESTS_NOT_ALLOWED: 'This room takes no guests. Sign in, then open the link again.',
  WRONG_CREDENTIALS: 'The name and the password do not belong together.',
  USERNAME_TAKEN: 'Someone has this name already. Try another.',
  CEREMONY_EXPIRED: 'That took too long. Try again.',
  STALE_SEQUENCE: 'Someone else was faster. Look where the room is now, then try again.',
  ITEM_MISMATCH: 'Another video was chosen meanwhile, so nothing was done.',
  NO_ITEM: 'There is nothing to play here: no video before or after this one.',
  NOTHING_TO_UNDO: 'There is no jump to take back any more.',
  RECLAIM_OVER: 'It is too late to take the room back. Ask its owner to hand it to you.',
  CONTENDED: 'Too many people pressed a button at once. Try again.',
  NOT_A_MEMBER: 'You are not in this room any more. Open its link again.',
  ITEM_NOT_FOUND: 'This video is not on the playlist any more.',
  REQUEST_ID_REUSED: 'This was sent twice with different content. Try again.',
  TOKEN_EXPIRED: 'Your visit has expired. Reload the page.',
  UNAUTHENTICATED: 'Your visit has expired. Reload the page.',
  PROTOCOL_UNSUPPORTED: 'This page is older than the server. Reload it.',
  FRAME_MALFORMED: 'The server did not understand this page. Reload it.',
  FRAME_TOO_LARGE: 'That is more than the server takes at once. Make it shorter.',
  TOO_MANY_CONNECTIONS: 'You have this room open too many times. Close it in another tab or on another device, then reload this page.',
  TOO_MANY_OBSERVATIONS: 'This page watches too much at once. Reload it.',
  ACCOUNT_REQUIRED: 'This takes an account. Sign in first.',
  PLAYLIST_FULL: 'The playlist is full. Take something off first.',
  SOURCE_SCHEME_UNSUPPORTED: 'Only links that begin with http:// or https:// can be played.',
  SOURCE_PRIVATE_ADDRESS: 'This link leads into a private network, which this server does not open.',
  SOURCE_UNREACHABLE: 'The host of this link does not answer. Check the link.',
  SOURCE_REFUSED: 'The host of this link refuses the file. It may need a sign-in there, or may not exist any more.',
  DEPENDENCY_UNAVAILABLE: 'A part of the server is down. Try again in a moment.',
  DEADLINE_EXCEEDED: 'That took the server too long. Try again.',
};

/** What a missing permission is about, as `syncwatch.room.v1.Permission` names it, without the prefix. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  SEND_CHAT: 'write in the chat',
  VIEW_CHAT_HISTORY: 'read what was said before',
  PLAY_CONTROL: 'play, pause or jump',
  CHANGE_CURRENT_MEDIA: 'choose what plays',
  ADD_MEDIA: 'add videos',
  EDIT_OWN_MEDIA: 'change your videos',
  REMOVE_MEDIA: 'take videos off',
  REORDER_PLAYLIST: 'change the order',
  VIEW_MEMBERS: 'see who is there',
  DELETE_ROOM: 'delete the room',
  MANAGE_SETTINGS: 'change the settings',
};

function permissionMissing(metadata: Readonly<Record<string, string>>): string {
  const name = (metadata['permission'] ?? '').toUpperCase().replace(/^PERMISSION_/, '');
  return `You may not ${PERMISSIONS[name] ?? 'do this'} in this room. Ask its owner.`;
}

/** What was done too often, by the limit that refused it (docs/limits.md). */
const LIMITS: Readonly<Record<string, string>> = {
  chat: 'You are sending messages too quickly.',
  room_chat: 'There are too many messages at once in this room.',
  playback: 'You are changing the playback too quickly.',
  rooms: 'You have made many rooms in a short time.',
  links: 'You are adding links too quickly.',
  links_at_once: 'Other links are still being checked.',
  new_guests: 'Too many people from your network are joining at once.',
  registrations: 'Too many accounts are being made from your network.',
  sign_ins: 'There are too many sign-ins from your network.',
  sign_ins_at_once: 'Too many people are signing in at once.',
  guesses: 'There were too many attempts with this name.',
  refreshes: 'Too many pages from your network are asking the server at once.',
  calls: 'This page has asked the server too often.',
  calls_without_token: 'Your network has asked the server too often.',
  wrong_tickets: 'Too many attempts to enter a room from your network have failed.',
  frames: 'This page has asked the server too often.',
};

/** Limits on one person that guests of a network also share. */
const OF_PERSON = new Set(['calls', 'chat', 'playback', 'rooms', 'links']);

function whatWasTooOften({ limit = '', by }: Readonly<Record<string, string>>): string {
  if (by === 'network' && OF_PERSON.has(limit)) return 'Too many guests of your network are doing this at once.';
  return LIMITS[limit] ?? 'That was too fast.';
}

/** A wait in words, rounded up: who comes back too early is refused again. */
export function waitWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const [count, unit] = seconds < 100 ? [seconds, 'second'] : seconds < 6_000 ? [Math.ceil(seconds / 60), 'minute'] : [Math.ceil(seconds / 3_600), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function rateLimited({ metadata, retryAfterMs }: ApiError): string {
  const when = retryAfterMs === null ? 'Wait a moment, then try again.' : `You can go on in ${waitWords(retryAfterMs)}.`;
  return `${whatWasTooOften(metadata)} ${when}`;
}

/** What holds a message up, and when it is sent by itself. */
export function heldUp(error: ApiError, leftMs: number): string {
  return `${whatWasTooOften(error.metadata)} The next one is sent in ${waitWords(leftMs)}.`;
}

export function advice(reason: string, message: string): string {
  return ADVICE[reason] ?? sentence(message);
}

export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong. Reload the page and try again.';
  const violation = error.violations[0];
  if (error.reason === 'INVALID_FIELD' && violation) return sentence(violation.description || error.message);
  if (error.reason === 'PERMISSION_MISSING') return permissionMissing(error.metadata);
  if (error.reason === 'RATE_LIMITED') return rateLimited(error);
  return advice(error.reason, error.message);
}
