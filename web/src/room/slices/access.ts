// Who this person is in the room, and what they may do there.
import type { MemberJson, PermissionJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface Access {
  me: MemberJson | null;
  permissions: readonly PermissionJson[];
}

export const access = {
  initial: { me: null, permissions: [] },
  receive: (state, { welcome }) =>
    welcome ? { me: welcome.member ?? state.me, permissions: welcome.permissions ?? [] } : state,
  select: {
    mySubjectId: (room: RoomState) => room.access.me?.subjectId ?? '',
    may: (room: RoomState, permission: PermissionJson) => room.access.permissions.includes(permission),
  },
} satisfies Slice<Access>;
