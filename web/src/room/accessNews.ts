// What a person is told when what they may do has changed.
import { PERMISSIONS, type Permission, verbOf } from '../api/permissions';
import type { RoomState } from './store';
import { instantMs, when } from './when';

type Known = Pick<RoomState, 'settings' | 'access'>;

/** Null when nothing changed, and for a new owner, who is told of that. */
export function accessNews(before: Known, after: Known, nowMs: number): string | null {
  const { me } = after.access;
  if (before.access.permissions === after.access.permissions || !before.access.me || !me) return null;
  if (before.settings?.ownerId !== after.settings?.ownerId || me.role !== before.access.me.role)
    return roleNews(before, after);
  const mutedUntilMs = instantMs(me.mutedUntil);
  if (me.mutedUntil !== before.access.me.mutedUntil && mutedUntilMs !== null && mutedUntilMs > nowMs)
    return `A moderator muted you: you can chat again ${when(mutedUntilMs, nowMs)}`;
  const gained = difference(after, before);
  const lost = difference(before, after);
  if (gained.length + lost.length === 0) return null;
  if (lost.length === 0 && gained.length <= 2) return `You can ${gained.map(verbOf).join(' and ')} now`;
  if (gained.length === 0 && lost.length <= 2) return `You can’t ${lost.map(verbOf).join(' or ')} any more`;
  return 'What you may do in this room has changed';
}

function roleNews(before: Known, after: Known): string | null {
  const role = after.access.me?.role;
  if (role === before.access.me?.role || role === 'ROLE_OWNER' || before.access.me?.role === 'ROLE_OWNER') return null;
  return role === 'ROLE_MODERATOR' ? 'You’re a moderator now' : 'You’re no longer a moderator';
}

function difference(one: Known, other: Known): Permission[] {
  const has = new Set(other.access.permissions);
  return PERMISSIONS.filter((permission) => one.access.permissions.includes(permission) && !has.has(permission));
}
