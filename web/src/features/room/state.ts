// What is known of a room, and how each frame changes it. Pure: frames in, state out.
import type { ServerFrameJson, WelcomeJson } from '../../api/gen/syncwatch/realtime/v1/realtime_pb';
import type { ChatMessageJson } from '../../api/gen/syncwatch/room/v1/chat_pb';
import type { MemberJson, PermissionJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import type { RoomJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import type { PlaybackEventJson, PlaybackStateJson, RoomPhaseJson } from '../../api/gen/syncwatch/sync/v1/playback_pb';
import type { SessionJson } from '../../api/gen/syncwatch/sync/v1/presence_pb';
import type { ConnectionStatus } from '../../api/connection';
import type { ApiError } from '../../api/errors';
import { motionFrom, msFromUs, STILL, supersedes, type Motion } from '../../sync/motion';
import type { EngineView } from '../../sync/engine';
import { addReports, keepPresent, type DriftPoint, type Quality } from '../quality/quality';

export interface QueuedMessage {
  id: string;
  text: string;
  itemId: string;
  positionMs: number;
  /** Why the server did not take it; empty while it is on its way. */
  failure: string;
}

export interface Happening {
  /** Tells two of the same kind apart. */
  seq: number;
  text: string;
}

/** A jump that can be taken back. */
export interface Undo {
  positionMs: number;
  untilServerMs: number;
}

export interface RoomState {
  status: ConnectionStatus;
  closedReason: string;
  room: RoomJson | null;
  me: MemberJson | null;
  sessionId: string;
  permissions: readonly PermissionJson[];
  sessions: readonly SessionJson[];
  playlist: readonly ItemJson[];
  /** False until the playlist was heard of. */
  playlistKnown: boolean;
  messages: readonly ChatMessageJson[];
  olderToken: string;
  outbox: readonly QueuedMessage[];
  /** Why and until when the server takes no more messages; they wait, and go out then. */
  chatHold: { error: ApiError; untilServerMs: number } | null;
  typing: readonly { subjectId: string; displayName: string; untilMs: number }[];
  motion: Motion;
  undo: Undo | null;
  phase: RoomPhaseJson;
  /** How long the item is, by what the server knows. */
  durationMs: number | null;
  happening: Happening | null;
  player: EngineView | null;
  /** One's own drift, finer than it is reported. */
  trace: readonly DriftPoint[];
  /** Everyone's figures; empty while nobody looks. */
  quality: Quality;
}

export const EMPTY_ROOM: RoomState = {
  status: 'connecting',
  closedReason: '',
  room: null,
  me: null,
  sessionId: '',
  permissions: [],
  sessions: [],
  playlist: [],
  playlistKnown: false,
  messages: [],
  olderToken: '',
  outbox: [],
  chatHold: null,
  typing: [],
  motion: STILL,
  undo: null,
  phase: 'ROOM_PHASE_UNSPECIFIED',
  durationMs: null,
  happening: null,
  player: null,
  trace: [],
  quality: new Map(),
};

/** What is kept on screen; older messages are read again when wanted. */
const MAX_MESSAGES = 1_000;
const MAX_SESSIONS = 10_000;
const TYPING_MS = 4_000;
const MAX_TYPING = 8;

export function welcome(state: RoomState, json: WelcomeJson): RoomState {
  return {
    ...state,
    room: json.room ?? state.room,
    me: json.member ?? state.me,
    sessionId: json.sessionId ?? '',
    permissions: json.permissions ?? [],
    // Who is there follows as a resource; until then those count who were there before.
    sessions: json.snapshot?.sessions ?? state.sessions,
    ...playbackFrom(json.snapshot?.state),
    typing: [],
    quality: new Map(),
  };
}

export function receive(state: RoomState, frame: ServerFrameJson, nowMs: number): RoomState {
  if (frame.event) return playback(state, frame.event);
  if (frame.rejected?.state) return withPlayback(state, frame.rejected.state);
  if (frame.resync?.snapshot) {
    return { ...state, ...playbackFrom(frame.resync.snapshot.state) };
  }
  if (frame.typing) return typing(state, frame.typing.subjectId ?? '', frame.typing.displayName ?? '', nowMs);
  const { resource } = frame;
  if (!resource) return state;
  if (resource.settings) return { ...state, room: resource.settings };
  if (resource.members) {
    const { sessions = [], continued } = resource.members;
    return { ...state, ...withSessions(state, continued ? joined(state.sessions, sessions) : sessions) };
  }
  if (resource.presence) {
    const { upserted, removedSessionId } = resource.presence;
    const id = upserted?.id ?? removedSessionId;
    // A session that changed keeps its place, so that the list does not jump.
    const known = upserted !== undefined && state.sessions.some((s) => s.id === id);
    if (known) return { ...state, sessions: state.sessions.map((s) => (s.id === id ? upserted : s)) };
    const others = state.sessions.filter((s) => s.id !== id);
    return { ...state, ...withSessions(state, upserted ? [...others, upserted].slice(-MAX_SESSIONS) : others) };
  }
  if (resource.playlist) return { ...state, playlist: resource.playlist.items ?? [], playlistKnown: true };
  if (resource.chatPage) return chatPage(state, resource.chatPage.messages ?? [], resource.chatPage.nextPageToken ?? '');
  if (resource.chat) return addMessages(state, [resource.chat]);
  if (resource.quality) return { ...state, quality: addReports(state.quality, resource.quality.sessions ?? [], nowMs) };
  return state;
}

/** Those who are told of now replace what was known of them. */
function joined(known: readonly SessionJson[], added: readonly SessionJson[]): SessionJson[] {
  const ids = new Set(added.map((s) => s.id));
  return [...known.filter((s) => !ids.has(s.id)), ...added].slice(-MAX_SESSIONS);
}

function withSessions(state: RoomState, sessions: readonly SessionJson[]): Pick<RoomState, 'sessions' | 'quality'> {
  return { sessions, quality: keepPresent(state.quality, sessions) };
}

function playbackFrom(json: PlaybackStateJson | undefined): Pick<RoomState, 'motion' | 'undo' | 'phase' | 'durationMs'> {
  const undo = json?.undo;
  const durationMs = msFromUs(json?.durationUs);
  return {
    motion: motionFrom(json),
    undo: undo ? { positionMs: msFromUs(undo.positionUs), untilServerMs: msFromUs(undo.untilUs) } : null,
    phase: json?.phase ?? 'ROOM_PHASE_UNSPECIFIED',
    durationMs: durationMs > 0 ? durationMs : null,
  };
}

export function addMessages(state: RoomState, added: readonly ChatMessageJson[]): RoomState {
  if (!added.length) return state;
  const byId = new Map(state.messages.map((m) => [m.id ?? '', m]));
  for (const message of added) byId.set(message.id ?? '', message);
  // Message ids sort by time.
  const messages = [...byId.values()].toSorted((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1)).slice(-MAX_MESSAGES);
  const arrived = new Set(added.map((m) => m.clientMessageId));
  const authors = new Set(added.map((m) => m.authorId));
  return {
    ...state,
    messages,
    outbox: state.outbox.filter((m) => !arrived.has(m.id)),
    typing: state.typing.filter((t) => !authors.has(t.subjectId)),
  };
}

/** The latest page, after `observe`. It may not reach back to what is known already: then what is known has a gap. */
function chatPage(state: RoomState, page: readonly ChatMessageJson[], olderToken: string): RoomState {
  const oldest = page[0]?.id ?? '';
  const newest = state.messages.at(-1)?.id ?? '';
  const meets = state.messages.length > 0 && (oldest <= newest || !olderToken);
  if (meets) return addMessages(state, page);
  return { ...addMessages({ ...state, messages: [] }, page), olderToken };
}

export function olderPage(state: RoomState, page: readonly ChatMessageJson[], olderToken: string): RoomState {
  return { ...addMessages(state, page), olderToken };
}

function typing(state: RoomState, subjectId: string, displayName: string, nowMs: number): RoomState {
  if (subjectId === state.me?.subjectId) return state;
  const others = state.typing.filter((t) => t.subjectId !== subjectId && t.untilMs > nowMs);
  return { ...state, typing: [...others, { subjectId, displayName, untilMs: nowMs + TYPING_MS }].slice(-MAX_TYPING) };
}

function withPlayback(state: RoomState, json: PlaybackStateJson): RoomState {
  const next = playbackFrom(json);
  return supersedes(next.motion, state.motion) ? { ...state, ...next } : state;
}

function playback(state: RoomState, event: PlaybackEventJson): RoomState {
  const next = playbackFrom(event.state);
  if (!supersedes(next.motion, state.motion)) return state;
  const text = describe(state, event, next.motion);
  return { ...state, ...next, happening: text ? { seq: next.motion.seq, text } : state.happening };
}

function describe(state: RoomState, event: PlaybackEventJson, motion: Motion): string {
  if (event.change === 'PLAYBACK_CHANGE_OWNER_BACK') return 'The owner is back';
  const author = event.issuedBy ? nameOf(state, event.issuedBy) : '';
  if (!author) return '';
  switch (event.change) {
    case 'PLAYBACK_CHANGE_PLAY':
      return `${author} pressed play`;
    case 'PLAYBACK_CHANGE_PAUSE':
      return `${author} paused`;
    case 'PLAYBACK_CHANGE_SEEK':
      return `${author} jumped to ${clockTime(motion.anchorMediaMs)}`;
    case 'PLAYBACK_CHANGE_RATE':
      return `${author} set the speed to ${motion.rate}×`;
    case 'PLAYBACK_CHANGE_ITEM':
      return `${author} switched to ${state.playlist.find((i) => i.id === motion.itemId)?.title ?? 'another video'}`;
    case 'PLAYBACK_CHANGE_STOP':
      return `${author} stopped the video`;
    default:
      return '';
  }
}

export function nameOf(state: Pick<RoomState, 'me' | 'sessions'>, subjectId: string): string {
  if (subjectId === state.me?.subjectId) return 'You';
  return state.sessions.find((s) => s.member?.subjectId === subjectId)?.member?.displayName ?? '';
}

/** Who a held start waits for. */
export function awaited(state: RoomState): string[] {
  const waiting = new Set(state.motion.hold?.waitingSessionIds ?? []);
  const names = state.sessions.filter((s) => waiting.has(s.id ?? '')).map((s) => (s.member?.subjectId === state.me?.subjectId ? 'you' : (s.member?.displayName ?? '')));
  return [...new Set(names)].filter(Boolean);
}

/** 75 000 ms as 1:15, 3 675 000 ms as 1:01:15. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const two = (n: number) => n.toString().padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** The item that is on. */
export function currentItem({ motion, playlist }: Pick<RoomState, 'motion' | 'playlist'>): ItemJson | undefined {
  return motion.itemId ? playlist.find((item) => item.id === motion.itemId) : undefined;
}

/** Why nobody can jump in the item that is on; empty: everyone who may can. */
export function whyNoJumps(state: Pick<RoomState, 'motion' | 'playlist'>): string {
  return currentItem(state)?.source?.noJumps ? 'The host of this file sends it from its beginning only, so nobody can jump in it.' : '';
}

/** Where an item begins, in ms. */
export function itemStartMs(item: ItemJson | undefined): number {
  return msFromUs(item?.source?.startUs);
}

export function itemDurationMs(item: ItemJson | undefined): number | null {
  const ms = msFromUs(item?.durationUs);
  return ms > 0 ? ms : null;
}

/** What follows the item that is on by itself; empty: nothing. */
export function nextItemId({ motion, playlist, room }: Pick<RoomState, 'motion' | 'playlist' | 'room'>): string {
  if (!motion.itemId || room?.policy?.stopAtEnd) return '';
  const at = playlist.findIndex((item) => item.id === motion.itemId);
  return at < 0 ? '' : (playlist[at + 1]?.id ?? '');
}
