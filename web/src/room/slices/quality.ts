// How everyone's player is doing, as reported in the last two minutes. Empty while nobody looks at it.
import type {
  PlayerStateJson,
  PlayerStatusJson,
  SessionJson,
  SessionStatusJson,
} from '../../api/gen/syncwatch/sync/v1/presence_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface DriftPoint {
  atMs: number;
  /** Null where nothing moved. */
  driftMs: number | null;
}

export interface SessionQuality {
  status: PlayerStatusJson;
  trace: readonly DriftPoint[];
}

/** By the id of the session. */
export type Quality = ReadonlyMap<string, SessionQuality>;

export const SPAN_MS = 120_000;
const MAX_POINTS = 120;
const MAX_SESSIONS = 10_000;

export const quality = {
  initial: new Map(),
  receive(state, frame, _room, nowMs) {
    if (frame.welcome) return new Map();
    const members = updateOf(frame, 'RESOURCE_MEMBERS');
    if (members.snapshot && !members.snapshot.continued) return keepPresent(state, members.snapshot.sessions ?? []);
    if (members.change?.removedSessionId) return without(state, members.change.removedSessionId);
    const { change } = updateOf(frame, 'RESOURCE_QUALITY');
    return change ? addReports(state, change.sessions ?? [], nowMs) : state;
  },
  select: {
    all: (room: RoomState) => room.quality,
    of: (room: RoomState, sessionId: string) => room.quality.get(sessionId),
  },
} satisfies Slice<Quality>;

export function addReports(known: Quality, reports: readonly SessionStatusJson[], nowMs: number): Quality {
  const next = new Map(known);
  for (const { sessionId = '', status = {} } of reports) {
    if (!next.has(sessionId) && next.size >= MAX_SESSIONS) continue;
    const point: DriftPoint = { atMs: nowMs, driftMs: isMoving(status.state) ? figure(status.driftMs) : null };
    const before = next.get(sessionId)?.trace ?? [];
    const trace = [...before.filter((p) => nowMs - p.atMs <= SPAN_MS), point].slice(-MAX_POINTS);
    next.set(sessionId, { status, trace });
  }
  return next;
}

export function keepPresent(known: Quality, sessions: readonly SessionJson[]): Quality {
  if (!known.size) return known;
  const present = new Set(sessions.map((session) => session.id ?? ''));
  return new Map([...known].filter(([id]) => present.has(id)));
}

function without(known: Quality, sessionId: string): Quality {
  return known.has(sessionId) ? new Map([...known].filter(([id]) => id !== sessionId)) : known;
}

export function isMoving(state: PlayerStateJson | undefined): boolean {
  return state === 'PLAYER_STATE_IN_SYNC' || state === 'PLAYER_STATE_ADJUSTING';
}

/** Numbers in ProtoJSON: absent is 0, and NaN is written as a word. */
export function figure(value: number | string | undefined): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}
