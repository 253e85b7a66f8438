// Who this person is in the room, and what they may do there. The server observes this resource for every connection.

import type { MemberJson, PermissionJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import type { Permission } from '../../api/permissions';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface Access {
  me: MemberJson | null;
  permissions: readonly string[];
  /** What this person just tried without the permission for it; null while nothing has to be explained. */
  refused: Permission | null;
}

export const access = {
  initial: { me: null, permissions: [], refused: null },
  receive(state, frame) {
    const told = updateOf(frame, 'RESOURCE_ACCESS').snapshot ?? frame.welcome;
    if (!told) return state;
    const permissions = told.permissions ?? [];
    const refused = state.refused && permissions.includes(state.refused) ? null : state.refused;
    return { me: told.member ?? state.me, permissions, refused };
  },
  select: {
    me: (room: RoomState) => room.access.me,
    permissions: (room: RoomState) => room.access.permissions,
    mySubjectId: (room: RoomState) => room.access.me?.subjectId ?? '',
    may: (room: RoomState, permission: PermissionJson) => room.access.permissions.includes(permission),
    refused: (room: RoomState) => room.access.refused,
  },
} satisfies Slice<Access>;
