// The votes for what plays next, in a room that votes.
import type { ItemVotesJson } from '../../api/gen/syncwatch/room/v1/vote_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

/** By the id of the item. */
export type Votes = ReadonlyMap<string, ItemVotesJson>;

export const votes = {
  initial: new Map(),
  observes: 'RESOURCE_VOTES',
  receive(state, frame) {
    const { snapshot } = updateOf(frame, 'RESOURCE_VOTES');
    return snapshot ? new Map((snapshot.items ?? []).map((votesOf) => [votesOf.itemId ?? '', votesOf])) : state;
  },
  select: {
    countOf: (room: RoomState, itemId: string) => room.votes.get(itemId)?.count ?? 0,
    isMine: (room: RoomState, itemId: string) =>
      room.votes.get(itemId)?.voterIds?.includes(room.access.me?.subjectId ?? '') === true,
  },
} satisfies Slice<Votes>;
