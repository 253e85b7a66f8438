// Someone with several devices is one person.
import type { MemberJson } from '../api/gen/syncwatch/room/v1/member_pb';
import type { SessionJson, SessionModeJson } from '../api/gen/syncwatch/sync/v1/presence_pb';

export interface Person {
  /** `user_…` or `guest_…`. */
  id: string;
  name: string;
  /** The person as a member of the room, as of the newest session. */
  member: MemberJson;
  /** The person's sessions, in the order of joining. */
  devices: readonly SessionJson[];
}

export function people(sessions: readonly SessionJson[]): Person[] {
  const found = new Map<string, { id: string; name: string; member: MemberJson; devices: SessionJson[] }>();
  for (const session of sessions) {
    const id = session.member?.subjectId ?? session.id ?? '';
    const person = found.get(id) ?? { id, name: '', member: { subjectId: id }, devices: [] };
    person.name = session.member?.displayName ?? person.name;
    person.member = session.member ?? person.member;
    person.devices.push(session);
    found.set(id, person);
  }
  return [...found.values()];
}

export function modeOf(session: SessionJson): Exclude<SessionModeJson, 'SESSION_MODE_UNSPECIFIED'> {
  return session.mode === undefined || session.mode === 'SESSION_MODE_UNSPECIFIED' ? 'SESSION_MODE_FULL' : session.mode;
}

export function plays(session: SessionJson): boolean {
  return modeOf(session) === 'SESSION_MODE_FULL';
}
