import type { QueueModeJson } from '../../api/gen/syncwatch/room/v1/queue_pb';
import type { RoomJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

/** The room's name, owner and policy; null before the first welcome. */
export type Settings = RoomJson | null;

export const settings = {
  initial: null,
  observes: 'RESOURCE_SETTINGS',
  receive: (state, frame) => updateOf(frame, 'RESOURCE_SETTINGS').snapshot ?? frame.welcome?.room ?? state,
  select: {
    room: (room: RoomState) => room.settings,
    roomId: (room: RoomState) => room.settings?.id ?? '',
    name: (room: RoomState) => room.settings?.name,
    ownerId: (room: RoomState) => room.settings?.ownerId ?? '',
    queueMode: (room: RoomState): QueueModeJson => room.settings?.queue?.mode ?? 'QUEUE_MODE_IN_ORDER',
    isSkipVoteOff: (room: RoomState) => room.settings?.queue?.skipDisabled === true,
  },
} satisfies Slice<Settings>;
