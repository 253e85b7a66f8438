// Participants of the voice chat.
import type { VoiceParticipantJson, VoiceRoomJson } from '../../api/gen/syncwatch/voice/v1/voice_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface Voice {
  /** As the server has it; null until it has told. */
  room: VoiceRoomJson | null;
  /** Ids of the people whom this page hears speak now. Its own voice chat keeps it. */
  speaking: readonly string[];
}

const NOBODY: readonly never[] = [];

function participantsOf({ voice: { room } }: RoomState): readonly VoiceParticipantJson[] {
  return room?.participants ?? NOBODY;
}

export const voice = {
  initial: { room: null, speaking: NOBODY },
  observes: 'RESOURCE_VOICE',
  receive(state, frame) {
    const { snapshot } = updateOf(frame, 'RESOURCE_VOICE');
    return snapshot ? { ...state, room: snapshot } : state;
  },
  select: {
    participants: (room: RoomState) => participantsOf(room),
    isKnown: (room: RoomState) => room.voice.room !== null,
    of: (room: RoomState, subjectId: string) =>
      participantsOf(room).find((participant) => participant.subjectId === subjectId) ?? null,
    max: (room: RoomState) => room.voice.room?.maxParticipants ?? 0,
    speaking: (room: RoomState) => room.voice.speaking,
    isSpeaking: (room: RoomState, subjectId: string) => room.voice.speaking.includes(subjectId),
  },
} satisfies Slice<Voice>;
