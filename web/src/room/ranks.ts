// Who may decide about whom (case W8): only over people who rank strictly below, and nobody gives what they do not hold.
import type { MemberJson, PermissionJson, RoleJson } from '../api/gen/syncwatch/room/v1/member_pb';
import type { Permission } from '../api/permissions';
import { type Roles, roleOf } from './slices/roles';

const RANKS: Readonly<Record<RoleJson, number>> = {
  ROLE_UNSPECIFIED: 0,
  ROLE_GUEST: 1,
  ROLE_MEMBER: 2,
  ROLE_MODERATOR: 3,
  ROLE_OWNER: 4,
};

export function outranks(me: RoleJson | undefined, other: RoleJson | undefined): boolean {
  return RANKS[me ?? 'ROLE_UNSPECIFIED'] > RANKS[other ?? 'ROLE_GUEST'];
}

export interface Overrides {
  added: PermissionJson[];
  removed: PermissionJson[];
}

/** The lists of a member's own permissions after one was given or taken. A list says no more than the role does not. */
export function withPermission(known: Roles, member: MemberJson, permission: Permission, given: boolean): Overrides {
  const byRole = roleOf(known, member)?.permissions?.includes(permission) ?? false;
  const added = (member.added ?? []).filter((one) => one !== permission);
  const removed = (member.removed ?? []).filter((one) => one !== permission);
  if (given && !byRole) added.push(permission);
  if (!given && byRole) removed.push(permission);
  return { added, removed };
}
