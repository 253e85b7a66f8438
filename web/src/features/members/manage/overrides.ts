// Lists of permissions that are added and removed, as answers to "may they?". Removal wins, as in the contract.
import type { MemberJson, PermissionJson } from '../../../api/gen/syncwatch/room/v1/member_pb';
import type { RoomRoleJson } from '../../../api/gen/syncwatch/room/v1/permission_pb';
import type { Permission } from '../../../api/permissions';
import type { Overrides } from '../../../room/ranks';

/** `role`: as the role says. */
export type Answer = 'role' | 'yes' | 'no';

export function answerFor({ added = [], removed = [] }: MemberJson, permission: Permission): Answer {
  if (removed.includes(permission)) return 'no';
  return added.includes(permission) ? 'yes' : 'role';
}

export function withAnswer(member: MemberJson, permission: Permission, answer: Answer): Overrides {
  const lists = without(member, permission);
  if (answer === 'yes') lists.added.push(permission);
  if (answer === 'no') lists.removed.push(permission);
  return lists;
}

/** Whether a role includes it before what the room adds and removes. */
function byDefault({ permissions = [], added = [], removed = [] }: RoomRoleJson, permission: Permission): boolean {
  return removed.includes(permission) || (permissions.includes(permission) && !added.includes(permission));
}

/** The lists of a role after one permission was given or taken. */
export function withRolePermission(role: RoomRoleJson, permission: Permission, given: boolean): Overrides {
  const lists = without(role, permission);
  const isDefault = byDefault(role, permission);
  if (given && !isDefault) lists.added.push(permission);
  if (!given && isDefault) lists.removed.push(permission);
  return lists;
}

/** The lists that give a role exactly these permissions. */
export function withExactly(role: RoomRoleJson, wanted: readonly Permission[], all: readonly Permission[]): Overrides {
  return {
    added: all.filter((permission) => wanted.includes(permission) && !byDefault(role, permission)),
    removed: all.filter((permission) => !wanted.includes(permission) && byDefault(role, permission)),
  };
}

function without(lists: { added?: PermissionJson[]; removed?: PermissionJson[] }, permission: Permission): Overrides {
  return {
    added: (lists.added ?? []).filter((one) => one !== permission),
    removed: (lists.removed ?? []).filter((one) => one !== permission),
  };
}
