// The emotes of the room, by name. Their images are read once for each digest (`chat/emoteImages.ts`).
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export type Emotes = ReadonlyMap<string, string>;

const NONE: Emotes = new Map();

export const emotes = {
  initial: NONE,
  observes: 'RESOURCE_EMOTES',
  receive(state, frame) {
    const { snapshot } = updateOf(frame, 'RESOURCE_EMOTES');
    if (!snapshot) return state;
    return new Map((snapshot.emotes ?? []).map(({ name = '', digest = '' }) => [name, digest]));
  },
  select: {
    /** Digest of the image of each emote. */
    known: (room: RoomState) => room.emotes,
  },
} satisfies Slice<Emotes>;
