// Who waits to be let in. Empty for those who may not decide it.
import type { JoinRequestJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';
import { access } from './access';

export type JoinRequests = readonly JoinRequestJson[];

const NONE: JoinRequests = [];

export const joinRequests = {
  initial: NONE,
  observes: 'RESOURCE_JOIN_REQUESTS',
  receive(state, frame) {
    const { snapshot } = updateOf(frame, 'RESOURCE_JOIN_REQUESTS');
    return snapshot ? (snapshot.requests ?? NONE) : state;
  },
  select: {
    all: (room: RoomState) => (access.select.may(room, 'PERMISSION_APPROVE_JOIN') ? room.joinRequests : NONE),
  },
} satisfies Slice<JoinRequests>;
