// The roles of the room, with what each may do.
import type { MemberJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import type { RoomRoleJson } from '../../api/gen/syncwatch/room/v1/permission_pb';
import type { Permission } from '../../api/permissions';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export type Roles = readonly RoomRoleJson[];

export const roles = {
  initial: [],
  observes: 'RESOURCE_ROLES',
  receive(state, frame) {
    const { snapshot } = updateOf(frame, 'RESOURCE_ROLES');
    return snapshot ? (snapshot.roles ?? []) : state;
  },
  select: {
    all: (room: RoomState) => room.roles,
  },
} satisfies Slice<Roles>;

/** The ids of the roles that every room has. */
const BUILT_IN = {
  ROLE_UNSPECIFIED: 'member',
  ROLE_GUEST: 'guest',
  ROLE_MEMBER: 'member',
  ROLE_MODERATOR: 'moderator',
  ROLE_OWNER: '',
} as const;

/** The role of a member; undefined for the owner, and until the roles are known. */
export function roleOf(known: Roles, member: Pick<MemberJson, 'role' | 'customRoleId'>): RoomRoleJson | undefined {
  const custom = member.customRoleId ? known.find((role) => role.id === member.customRoleId) : undefined;
  return custom ?? known.find((role) => role.id === BUILT_IN[member.role ?? 'ROLE_MEMBER']);
}

/** What somebody who is muted lacks. */
const MUTED: ReadonlySet<Permission> = new Set(['PERMISSION_SEND_CHAT', 'PERMISSION_REACT']);

/** Effective permissions of a member, by the rule of the contract: removal wins, and the owner has all. */
export function may(known: Roles, member: MemberJson, permission: Permission, nowMs: number): boolean {
  if (member.role === 'ROLE_OWNER') return true;
  if (MUTED.has(permission) && Date.parse(member.mutedUntil ?? '') > nowMs) return false;
  if (member.removed?.includes(permission)) return false;
  if (member.added?.includes(permission)) return true;
  return roleOf(known, member)?.permissions?.includes(permission) ?? false;
}
