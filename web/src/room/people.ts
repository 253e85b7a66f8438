// Someone with several devices is one person.
import type { SessionJson, SessionModeJson } from '../api/gen/syncwatch/sync/v1/presence_pb';

export interface Person {
  /** `user_…` or `guest_…`. */
  id: string;
  name: string;
  /** The person's sessions, in the order of joining. */
  devices: readonly SessionJson[];
}

export function people(sessions: readonly SessionJson[]): Person[] {
  const found = new Map<string, { id: string; name: string; devices: SessionJson[] }>();
  for (const session of sessions) {
    const id = session.member?.subjectId ?? session.id ?? '';
    const person = found.get(id) ?? { id, name: '', devices: [] };
    person.name = session.member?.displayName ?? person.name;
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
