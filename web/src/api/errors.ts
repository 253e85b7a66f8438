// Reads errors of the server (google.rpc.Status in JSON), and explains them to people: what happened, then what to do.
import { verbOf } from './permissions';

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
    /** A value of `syncwatch.common.v1.Reason`, without the prefix. */
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
  return new ApiError('Can’t reach the server. Check your connection, then try again.', 0, UNREACHABLE);
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

/** Reads an error body. Any other body, such as a proxy's page, gives a generic error. */
export function errorFrom(code: number, body: unknown): ApiError {
  const error = isObject(body) && isObject(body['error']) ? body['error'] : null;
  if (!error)
    return new ApiError(`The server ran into a problem (status ${code}). Try again in a moment.`, code, 'INTERNAL');
  let reason = text(error['status']);
  const metadata: Record<string, string> = {};
  const violations: FieldViolation[] = [];
  let retryAfterMs: number | null = null;
  const details = Array.isArray(error['details']) ? error['details'].filter(isObject) : [];
  for (const detail of details) {
    const type = text(detail['@type']);
    if (type.endsWith('google.rpc.ErrorInfo')) {
      reason = text(detail['reason']) || reason;
      if (isObject(detail['metadata']))
        for (const [key, value] of Object.entries(detail['metadata'])) metadata[key] = text(value);
    } else if (type.endsWith('google.rpc.BadRequest') && Array.isArray(detail['fieldViolations'])) {
      for (const v of detail['fieldViolations'].filter(isObject)) {
        violations.push({ field: text(v['field']), description: text(v['description']) });
      }
    } else if (type.endsWith('google.rpc.RetryInfo')) {
      const seconds = Number.parseFloat(text(detail['retryDelay']));
      if (Number.isFinite(seconds)) retryAfterMs = seconds * 1000;
    }
  }
  return new ApiError(
    sentence(text(error['message'])),
    code,
    reason,
    metadata,
    violations,
    retryAfterMs,
    text(error['requestId']),
  );
}

/** Makes a full sentence of a server's lower-case message. */
export function sentence(message: string): string {
  const trimmed = message.trim();
  if (!trimmed) return 'Something went wrong. Try again in a moment.';
  const upper = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}

/** What each reason means and what to do. For other reasons the server's message is shown. */
const ADVICE: Readonly<Record<string, string>> = {
  ROOM_NOT_FOUND: 'There’s no room with this code, or it is private. Check the link, or ask for an invite.',
  ROOM_FULL: 'This room is full. Try again when someone has left, or ask the owner to raise the limit.',
  GUESTS_NOT_ALLOWED: 'This room doesn’t allow guests. Sign in to join.',
  WRONG_CREDENTIALS: 'Wrong name or password. Check both, then try again.',
  USERNAME_TAKEN: 'This name, or one that looks like it, is taken. Try another one.',
  CEREMONY_EXPIRED: 'That took too long, so it was canceled. Try again.',
  STALE_SEQUENCE: 'Someone else was faster. Check where the room is now, then try again.',
  ITEM_MISMATCH: 'Someone switched to another video in the meantime, so nothing changed. Try again.',
  NO_ITEM: 'There’s no other video to play. Add one to the playlist first.',
  NOTHING_TO_UNDO: 'There’s no jump left to undo.',
  RECLAIM_OVER: 'It’s too late to take the room back. Ask the owner to hand it over.',
  CONTENDED: 'Too many people pressed a button at the same time. Try again.',
  NOT_A_MEMBER: 'You’re no longer in this room. Open its link again to rejoin.',
  ITEM_NOT_FOUND: 'This video is no longer in the playlist. Choose another one.',
  ROOM_CLOSED: 'This room is closed. Its owner can open it again.',
  WRONG_ROOM_PASSWORD: 'Wrong password. Ask the person who sent you the link.',
  ROOM_CODES_BLOCKED: 'Too many wrong codes came from your network. Wait a while, or ask for the room’s link.',
  JOIN_DECLINED: 'Your request to join was declined.',
  BANNED: 'You’re banned from this room.',
  IN_COOLDOWN: 'You were removed from this room. You can join again later.',
  INVITE_NOT_FOUND: 'There’s no such invite, or it was revoked. Ask for a new one.',
  INVITE_EXPIRED: 'This invite has expired. Ask for a new one.',
  INVITE_USED_UP: 'This invite was used as often as it can be. Ask for a new one.',
  RANK_TOO_LOW: 'You can only do this to people who rank below you.',
  MEMBER_NOT_FOUND: 'This person is no longer a member of the room.',
  JOIN_REQUEST_NOT_FOUND: 'Somebody has decided this already, or the person no longer wants to join.',
  PERMISSION_REQUEST_NOT_FOUND: 'Somebody has decided this already.',
  ROLE_NOT_FOUND: 'This role no longer exists.',
  ROLE_NAME_TAKEN: 'Another role has this name. Choose a different one.',
  PASSWORDS_NOT_ALLOWED: 'This installation doesn’t allow rooms with a password. Ask people for a yes instead.',
  FILTER_INVALID: 'This pattern can’t be used. Make it shorter or simpler.',
  REQUEST_ID_REUSED: 'This request was sent twice with different content. Try again.',
  TOKEN_EXPIRED: 'Your session has expired. Reload the page.',
  UNAUTHENTICATED: 'Your session has expired. Reload the page.',
  PROTOCOL_UNSUPPORTED: 'This page is older than the server. Reload the page.',
  FRAME_MALFORMED: 'The server didn’t understand this page. Reload the page.',
  FRAME_TOO_LARGE: 'That’s too long. Make it shorter, then try again.',
  TOO_MANY_CONNECTIONS:
    'You have this room open too many times. Close it in another tab or on another device, then reload the page.',
  TOO_MANY_OBSERVATIONS: 'This page follows too many things at once. Reload the page.',
  ACCOUNT_REQUIRED: 'This needs an account. Sign in first.',
  PLAYLIST_FULL: 'The playlist is full. Remove something first.',
  TOO_MANY_LINKS: 'That’s too many links at once. Add them in smaller parts.',
  VOTING_OFF: 'This room doesn’t vote on what plays next.',
  UNDO_EXPIRED: 'It’s too late to bring the playlist back.',
  FOLDER_NOT_FOUND: 'This folder is no longer in the playlist.',
  TOO_MANY_FOLDERS: 'The playlist has as many folders as it can. Remove one first.',
  PERSON_ITEMS_FULL: 'You have as many videos in this playlist as one person may. Remove one first.',
  SAVED_QUEUE_NOT_FOUND: 'This saved playlist is gone.',
  TOO_MANY_SAVED_QUEUES: 'You’ve saved as many playlists as you can. Delete one first.',
  PLAY_NOT_FOUND: 'This is no longer in the history.',
  SKIP_VOTE_OFF: 'This room has no votes to skip.',
  SUBTITLES_UNREADABLE: 'This file has no subtitles that can be read. Use WebVTT, SRT or ASS.',
  SUBTITLES_TOO_LARGE: 'This file is too large for subtitles.',
  TRACK_NOT_FOUND: 'These subtitles are no longer there. Choose others.',
  TOO_MANY_TRACKS: 'This video has as many subtitles and audio tracks as it can. Remove one first.',
  INTERNAL: 'Something went wrong on the server. Try again in a moment.',
  WEAK_PASSWORD: 'This password is too easy to guess. Use at least 8 characters, such as a few random words.',
  ADMIN_REQUIRED: 'Only an administrator can do this.',
  TOKEN_INVALID: 'Your session is no longer valid. Reload the page.',
  TOKEN_FOR_ANOTHER_ROOM: 'This session belongs to another room. Open the room’s link again.',
  TICKET_INVALID: 'The way into this room has expired. Reload the page.',
  PAGE_TOKEN_INVALID: 'This list has changed. Reload the page.',
  LINK_EXPIRED: 'The video’s address has expired. Reload the page.',
  LINK_INVALID: 'The video’s address is not valid. Reload the page.',
  DEPENDENCY_UNAVAILABLE: 'Part of the server is down. Try again in a moment.',
  DEADLINE_EXCEEDED: 'The server took too long. Try again.',
  CHAT_DISABLED: 'The chat of this room is turned off. Ask a moderator to turn it on.',
  MESSAGE_NOT_FOUND: 'This message is no longer there.',
  MESSAGE_BLOCKED: 'A filter of this room stopped this message. Write it in other words.',
  LINKS_FORBIDDEN: 'This room doesn’t allow links in the chat. Remove the link, or ask a moderator.',
  NOT_YOUR_MESSAGE: 'Only its author can change a message.',
  EMOTE_INVALID: 'This picture can’t be an emote. Use a PNG, GIF or WebP of at most 32 KiB.',
  EMOTE_NOT_FOUND: 'This emote was removed from the room.',
  UPLOAD_NOT_FOUND: 'This upload is no longer there. It was deleted, or was never finished.',
  UPLOADS_OFF: 'This installation takes no uploads, or none from guests. Sign in, or paste a link instead.',
  MEDIA_NOT_READY: 'This video is still being prepared. Try again in a moment.',
  MEDIA_FAILED:
    'Preparing this file failed, or its owner deleted it. Ask for it to be uploaded again, or choose another video.',
};

function permissionMissing(metadata: Readonly<Record<string, string>>): string {
  return `You can’t ${verbOf(metadata['permission'] ?? '')} in this room. Ask the owner to allow it.`;
}

function cannotGrant(metadata: Readonly<Record<string, string>>): string {
  const verb = verbOf(metadata['permission'] ?? '');
  return `You can’t let others ${verb}, because you can’t do it yourself. Ask the owner.`;
}

function passwordBlocked({ retryAfterMs }: ApiError): string {
  const when = retryAfterMs === null ? 'later' : `in ${waitWords(retryAfterMs)}`;
  return `Too many wrong passwords. Try again ${when}.`;
}

/** What exceeded each limit, by the name of the limit (docs/limits.md). */
const LIMITS: Readonly<Record<string, string>> = {
  chat: 'You’re sending messages too quickly.',
  room_chat: 'Too many messages are being sent in this room.',
  reactions: 'You’re reacting too quickly.',
  reports: 'You’re reporting too quickly.',
  filter_trials: 'You’re trying filters too quickly.',
  playback: 'You’re pressing the controls too quickly.',
  rooms: 'You’ve created too many rooms in a short time.',
  links: 'You’re adding links too quickly.',
  link_lists: 'You’re adding lists of links too quickly.',
  links_at_once: 'Other links are still being checked.',
  new_guests: 'Too many people from your network are joining at once.',
  registrations: 'Too many accounts are being created from your network.',
  sign_ins: 'Too many people are signing in from your network.',
  sign_ins_at_once: 'Too many people are signing in at once.',
  guesses: 'Too many attempts to sign in with this name.',
  refreshes: 'Too many pages are open on your network.',
  calls: 'This page is sending too many requests.',
  calls_without_token: 'Your network is sending too many requests.',
  joins: 'Too many people from your network are joining rooms at once.',
  recoveries: 'Too many recovery links were tried.',
  wrong_tickets: 'Too many attempts to join a room from your network have failed.',
  frames: 'This page is sending too many requests.',
};

/** Limits on one person that also apply to all guests of a network together. */
const OF_PERSON = new Set([
  'calls',
  'chat',
  'reactions',
  'reports',
  'filter_trials',
  'playback',
  'rooms',
  'links',
  'link_lists',
]);

function whatWasTooOften({ limit = '', by }: Readonly<Record<string, string>>): string {
  if (by === 'network' && OF_PERSON.has(limit)) return 'Too many guests on your network are doing this at once.';
  return LIMITS[limit] ?? 'That was too fast.';
}

/** A waiting time in words, rounded up, since an early retry is rejected again. */
export function waitWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const [count, unit] =
    seconds < 100
      ? [seconds, 'second']
      : seconds < 6_000
        ? [Math.ceil(seconds / 60), 'minute']
        : [Math.ceil(seconds / 3_600), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function rateLimited({ metadata, retryAfterMs }: ApiError): string {
  const when = retryAfterMs === null ? 'Wait a moment, then try again.' : `Try again in ${waitWords(retryAfterMs)}.`;
  return `${whatWasTooOften(metadata)} ${when}`;
}

/** Why a message is delayed, and when it is sent by itself. */
export function whyDelayed(error: ApiError, leftMs: number): string {
  const why = error.reason === 'SLOW_MODE' ? 'Slow mode is on.' : whatWasTooOften(error.metadata);
  return `${why} Your next one is sent in ${waitWords(leftMs)}.`;
}

function messageTooLong({ max = '', length = '' }: Readonly<Record<string, string>>): string {
  return max && length
    ? `This message has ${length} characters. Shorten it to ${max}.`
    : 'This message is too long. Shorten it, then try again.';
}

/** What a room has as many of as it can have, by the name of the list. */
const LISTS: Readonly<Record<string, string>> = {
  pins: 'pinned messages. Unpin one first.',
  reactions: 'different reactions to this message. Use one of those that are there.',
  emotes: 'emotes. Remove one first.',
  filters: 'filters. Remove one first.',
  roles: 'roles. Delete one first.',
  invites: 'invites. Revoke one first.',
  bans: 'bans. End one first.',
  join_requests: 'people waiting. Try again later.',
  permission_requests: 'requests waiting. Try again later.',
};

function listFull({ list = '', max = '' }: Readonly<Record<string, string>>): string {
  const what = LISTS[list];
  return what && max ? `There are ${max} ${what}` : 'This list is full. Remove something first.';
}

/** Why the server closed the connection for good. */
const CLOSED: Readonly<Record<string, string>> = {
  ROOM_NOT_FOUND: 'This room was deleted, or you are no longer in it. Create a new one, or ask for a new link.',
  NOT_A_MEMBER: 'You left this room on another device, or were removed. Open it again to rejoin.',
  ROOM_CLOSED: 'The room was closed. Its owner can open it again.',
};

export function closedBecause(reason: string, message: string): string {
  return CLOSED[reason] ?? advice(reason, message);
}

export function advice(reason: string, message: string): string {
  return ADVICE[reason] ?? sentence(message);
}

export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong. Reload the page and try again.';
  const violation = error.violations[0];
  if (error.reason === 'INVALID_FIELD' && violation) return sentence(violation.description || error.message);
  if (error.reason === 'PERMISSION_MISSING') return permissionMissing(error.metadata);
  if (error.reason === 'CANNOT_GRANT') return cannotGrant(error.metadata);
  if (error.reason === 'LIST_FULL' || error.reason === 'CHAT_LIST_FULL') return listFull(error.metadata);
  if (error.reason === 'ROOM_PASSWORD_BLOCKED') return passwordBlocked(error);
  if (error.reason === 'RATE_LIMITED') return rateLimited(error);
  if (error.reason === 'MESSAGE_TOO_LONG') return messageTooLong(error.metadata);
  if (error.reason === 'SLOW_MODE')
    return `Slow mode is on. ${error.retryAfterMs === null ? 'Wait a moment' : `Try again in ${waitWords(error.retryAfterMs)}`}.`;
  return advice(error.reason, error.message);
}
