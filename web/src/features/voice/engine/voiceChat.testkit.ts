// A voice chat with a fake microphone, a fake network and a server that a test plays.
import { vi } from 'vitest';
import type { VoiceParticipantJson, VoiceRoomJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';
import { DEFAULTS } from '../voiceSettings';
import { FakeNetwork, fakeTrack } from './rtc.testkit';
import { VoiceChat } from './voiceChat';

/** Loudness of the fake microphone, 0 to 1. */
export const microphone = { level: 0, tracks: [] as MediaStreamTrack[] };

export class FakeAudioContext {
  createAnalyser() {
    return { fftSize: 0, getFloatTimeDomainData: (samples: Float32Array) => samples.fill(microphone.level) };
  }
  createMediaStreamSource() {
    return { connect: () => undefined };
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function capture(): Promise<unknown> {
  const track = fakeTrack();
  microphone.tracks.push(track);
  return Promise.resolve({ getAudioTracks: () => [track] });
}

export function person(sessionId: string, part: VoiceParticipantJson = {}): VoiceParticipantJson {
  return { sessionId, subjectId: `user_${sessionId}`, own: {}, ...part };
}

/** Replaces the browser's microphone until the end of the test. */
export function fakeMicrophone(): void {
  microphone.level = 0;
  microphone.tracks = [];
  vi.stubGlobal('AudioContext', FakeAudioContext);
  vi.stubGlobal('navigator', Object.assign(navigator, { mediaDevices: { getUserMedia: vi.fn(capture) } }));
}

/** Use fake timers: the chat reads `performance.now()`. */
export function makeChat(settings: Partial<typeof DEFAULTS> = {}) {
  const network = new FakeNetwork().install();
  fakeMicrophone();
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  const others = [person('a')];
  const server = {
    sessionId: 'me',
    mayTalk: true,
    refusal: null as string | null,
    iceServers: vi.fn(() => Promise.resolve({ config: {}, ttlMs: 3_600_000, hasRelay: true })),
    join: vi.fn((own: object) =>
      Promise.resolve<VoiceRoomJson>({ participants: [...others, person(server.sessionId, { own })] }),
    ),
    leave: vi.fn(() => Promise.resolve()),
    update: vi.fn((_own: object) => Promise.resolve()),
    report: vi.fn((_connections: object[]) => Promise.resolve()),
    signal: vi.fn(),
    connect: vi.fn((_offer: string) => Promise.resolve({ answer: 'v=0\r\n', hostEpoch: 1 })),
    refusalOfSfu: () => 'retry' as const,
  };
  const told: string[] = [];
  const filmGains: number[] = [];
  const chat = new VoiceChat({
    ...server,
    subjectId: () => 'user_me',
    sessionId: () => server.sessionId,
    loudness: () => ({ volume: 1, muted: false }),
    mayTalk: () => server.mayTalk,
    refusal: () => server.refusal,
    film: () => null,
    setFilmGain: (gain) => void filmGains.push(gain),
    settings: () => ({ ...DEFAULTS, ...settings }),
    tell: (text) => void told.push(text),
    changed: () => undefined,
    nowMs: () => performance.now(),
  });
  return { chat, server, network, told, filmGains };
}
