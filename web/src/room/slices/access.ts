// Who this person is in the room, and what they may do there. The server observes this resource for every connection.
import type { MemberJson, PermissionJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface Access {
  me: MemberJson | null;
  permissions: readonly PermissionJson[];
}

export const access = {
  initial: { me: null, permissions: [] },
  receive(state, frame) {
    const told = updateOf(frame, 'RESOURCE_ACCESS').snapshot ?? frame.welcome;
    return told ? { me: told.member ?? state.me, permissions: told.permissions ?? [] } : state;
  },
  select: {
    mySubjectId: (room: RoomState) => room.access.me?.subjectId ?? '',
    may: (room: RoomState, permission: PermissionJson) => room.access.permissions.includes(permission),
  },
} satisfies Slice<Access>;
