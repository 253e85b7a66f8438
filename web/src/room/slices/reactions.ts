// Reactions that rise over the film. They are not stored: who was not there missed them.
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface Floating {
  /** Tells two with the same key apart. */
  seq: number;
  /** An emoji, or an emote of the room as `:name:`. */
  key: string;
  subjectId: string;
  displayName: string;
  atMs: number;
}

export type Reactions = readonly Floating[];

const MAX_FLOATING = 24;

export const reactions = {
  initial: [],
  observes: 'RESOURCE_REACTIONS',
  receive(state, frame, _room, nowMs) {
    const { change } = updateOf(frame, 'RESOURCE_REACTIONS');
    if (!change?.key) return state;
    const { key, subjectId = '', displayName = '' } = change;
    const seq = (state.at(-1)?.seq ?? 0) + 1;
    return [...state, { seq, key, subjectId, displayName, atMs: nowMs }].slice(-MAX_FLOATING);
  },
  select: { floating: (room: RoomState) => room.reactions },
} satisfies Slice<Reactions>;
