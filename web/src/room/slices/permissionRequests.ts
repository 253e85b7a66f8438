// Who asks for a permission: everyone for those who may grant it, one's own requests for all others.
import type { PermissionRequestJson } from '../../api/gen/syncwatch/room/v1/permission_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export type PermissionRequests = readonly PermissionRequestJson[];

export const permissionRequests = {
  initial: [],
  observes: 'RESOURCE_PERMISSION_REQUESTS',
  receive(state, frame) {
    const { snapshot } = updateOf(frame, 'RESOURCE_PERMISSION_REQUESTS');
    return snapshot ? (snapshot.requests ?? []) : state;
  },
  select: {
    all: (room: RoomState) => room.permissionRequests,
  },
} satisfies Slice<PermissionRequests>;
