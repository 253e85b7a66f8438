// Open reports of messages, for who may delete messages. Others are refused the resource, and the list stays empty.
import type { ChatReportJson } from '../../api/gen/syncwatch/room/v1/moderation_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export type Reports = readonly ChatReportJson[];

export const reports = {
  initial: [],
  observes: 'RESOURCE_REPORTS',
  receive(state, frame) {
    const { snapshot } = updateOf(frame, 'RESOURCE_REPORTS');
    return snapshot ? (snapshot.reports ?? []) : state;
  },
  select: {
    open: (room: RoomState) => room.reports,
    count: (room: RoomState) => room.reports.length,
  },
} satisfies Slice<Reports>;
