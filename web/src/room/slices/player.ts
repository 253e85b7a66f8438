// This page's own player, as its engine sees it. No frame of the server changes it.
import type { EngineView } from '../../sync/engine';
import type { StreamCue } from '../../sync/streams';
import type { FilmMenu } from '../mediaFacts';
import type { Slice } from '../slice';
import type { RoomState } from '../store';
import { type DriftPoint, SPAN_MS } from './quality';

export interface OwnPlayer {
  /** Null while nothing can play here. */
  view: EngineView | null;
  /** The own drift, finer than it is reported. */
  trace: readonly DriftPoint[];
  /** The choices of the stream that plays; null: it has none. */
  menu: FilmMenu | null;
  /** Cues of the stream's chosen subtitles. */
  cues: readonly StreamCue[];
  /** Items that cannot be played yet, and when each is asked for again, by `performance.now()`. */
  awaited: Readonly<Record<string, number>>;
}

/** How often the figures of the view are shown anew. */
export const VIEW_EVERY_MS = 250;
const MAX_TRACE = SPAN_MS / VIEW_EVERY_MS;

export const player = {
  initial: { view: null, trace: [], menu: null, cues: [], awaited: {} },
  receive: (state) => state,
  select: {
    view: (room: RoomState) => room.player.view,
    state: (room: RoomState) => room.player.view?.state,
    trace: (room: RoomState) => room.player.trace,
    menu: (room: RoomState) => room.player.menu,
    cues: (room: RoomState) => room.player.cues,
    /** When the item that is on is asked for again, since it cannot be played yet; null: it can. */
    againAtMs: (room: RoomState) => room.player.awaited[room.playback.motion.itemId] ?? null,
    bufferedMs: (room: RoomState) => room.player.view?.bufferedMs ?? 0,
    /** Plays without sound until there is a tap. */
    isSilenced: (room: RoomState) => room.player.view?.silenced === true,
    isBlocked: (room: RoomState) => room.player.view?.state === 'PLAYER_STATE_BLOCKED',
    /** Null where it is not known: without a connection there is none. */
    driftMs: (room: RoomState) => (room.connection.status === 'online' ? (room.player.view?.driftMs ?? null) : null),
  },
} satisfies Slice<OwnPlayer>;

export function viewed(state: OwnPlayer, view: EngineView, nowMs: number): OwnPlayer {
  return { ...state, view, trace: [...state.trace, { atMs: nowMs, driftMs: view.driftMs }].slice(-MAX_TRACE) };
}

/** Changes that people should see at once. */
export function isNews(before: EngineView | null, view: EngineView): boolean {
  return (
    before?.state !== view.state ||
    before.failure !== view.failure ||
    before.durationMs !== view.durationMs ||
    before.silenced !== view.silenced
  );
}
