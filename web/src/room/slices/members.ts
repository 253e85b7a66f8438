// Who is in the room: one session for each of their connections.
import type { SessionJson } from '../../api/gen/syncwatch/sync/v1/presence_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export type Members = readonly SessionJson[];

const MAX_SESSIONS = 10_000;

export const members = {
  initial: [],
  observes: 'RESOURCE_MEMBERS',
  receive(state, frame) {
    // The list follows the welcome as a resource; until then the list of the connection before counts.
    if (frame.welcome) return frame.welcome.snapshot?.sessions ?? state;
    const { snapshot, change } = updateOf(frame, 'RESOURCE_MEMBERS');
    if (snapshot) return snapshot.continued ? joined(state, snapshot.sessions ?? []) : (snapshot.sessions ?? []);
    return change ? changed(state, change.upserted, change.removedSessionId) : state;
  },
  select: {
    sessions: (room: RoomState) => room.members,
    /** The name of someone in the room; `You` for oneself, empty for someone who is not there. */
    nameOf,
    /** The people whom a held start waits for. */
    awaited,
  },
} satisfies Slice<Members>;

/** The sessions of a later part of the list replace those known under the same ids. */
function joined(known: Members, added: Members): Members {
  const ids = new Set(added.map((session) => session.id));
  return [...known.filter((session) => !ids.has(session.id)), ...added].slice(-MAX_SESSIONS);
}

function changed(known: Members, upserted: SessionJson | undefined, removedId: string | undefined): Members {
  const id = upserted?.id ?? removedId;
  // A session that changed keeps its place, so that the list does not jump.
  if (upserted && known.some((session) => session.id === id))
    return known.map((session) => (session.id === id ? upserted : session));
  const others = known.filter((session) => session.id !== id);
  return upserted ? [...others, upserted].slice(-MAX_SESSIONS) : others;
}

function nameOf(room: Pick<RoomState, 'access' | 'members'>, subjectId: string): string {
  if (subjectId === room.access.me?.subjectId) return 'You';
  return room.members.find((session) => session.member?.subjectId === subjectId)?.member?.displayName ?? '';
}

function awaited(room: RoomState): string[] {
  const waiting = new Set(room.playback.motion.hold?.waitingSessionIds ?? []);
  const mine = room.access.me?.subjectId;
  const names = room.members
    .filter(({ id = '' }) => waiting.has(id))
    .map(({ member }) => (member?.subjectId === mine ? 'you' : (member?.displayName ?? '')));
  return [...new Set(names)].filter(Boolean);
}
