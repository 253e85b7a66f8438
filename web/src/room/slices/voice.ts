// Participants of the voice chat.
import type { VoiceParticipantJson } from '../../api/gen/syncwatch/voice/v1/voice_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface Voice {
  /** Null until the server has told. */
  participants: readonly VoiceParticipantJson[] | null;
  max: number;
  /** Ids of the people whom this page hears speak now. Its own voice chat keeps it. */
  speaking: readonly string[];
}

const NOBODY: readonly never[] = [];

export const voice = {
  initial: { participants: null, max: 0, speaking: NOBODY },
  observes: 'RESOURCE_VOICE',
  receive(state, frame) {
    const { snapshot } = updateOf(frame, 'RESOURCE_VOICE');
    if (!snapshot) return state;
    return { ...state, participants: snapshot.participants ?? [], max: snapshot.maxParticipants ?? 0 };
  },
  select: {
    participants: (room: RoomState) => room.voice.participants ?? NOBODY,
    isKnown: (room: RoomState) => room.voice.participants !== null,
    of: (room: RoomState, subjectId: string) =>
      room.voice.participants?.find((participant) => participant.subjectId === subjectId) ?? null,
    max: (room: RoomState) => room.voice.max,
    speaking: (room: RoomState) => room.voice.speaking,
    isSpeaking: (room: RoomState, subjectId: string) => room.voice.speaking.includes(subjectId),
  },
} satisfies Slice<Voice>;
