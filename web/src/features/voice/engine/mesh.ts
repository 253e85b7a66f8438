// The connections to everyone in voice: one for each other session, as the list of the server says.
import type { VoiceConnectionJson, VoiceParticipantJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';
import { Peer, type PeerState } from './peer';
import { RemoteVoice } from './remote';
import { encodeSignal, parseSignal, type Signal } from './signal';
import { Speech } from './speech';
import { type Figures, lossPercent, type Path } from './stats';

/** How a person wants to hear another one. */
export interface Loudness {
  /** 0 to 1. */
  volume: number;
  muted: boolean;
  /** By how many decibels the film is turned down while they speak; absent: as for everyone. */
  duckDb?: number;
}

/** How a voice comes by one of the ways. */
export interface Hearing {
  isThere: boolean;
  /** Packets come now. */
  carries: boolean;
  speaks: boolean;
}

/** How the line to one person is. */
export interface Line {
  state: PeerState;
  /** `sfu`: by the media server. */
  path: Path | 'sfu' | null;
  lossPercent: number | null;
  roundTripMs: number | null;
}

export interface MeshDeps {
  iceServers(): Promise<RTCConfiguration>;
  signal(to: string, payload: string): void;
  loudness(subjectId: string): Loudness;
  /** Whether a voice is played from the beginning of its connection on. */
  isHeard(sessionId: string): boolean;
  /** The browser plays no voice before a tap. */
  blocked(): void;
  changed(): void;
  nowMs(): number;
}

interface End {
  participant: VoiceParticipantJson;
  peer: Peer;
  voice: RemoteVoice;
  before: Figures | null;
  line: Line;
  failure: VoiceConnectionJson['failure'];
  connectTold: boolean;
  speech: Speech;
}

/** Signals that came before the list named their sender. */
const MAX_EARLY = 64;
const EARLY_LASTS_MS = 5_000;

export class Mesh {
  private readonly ends = new Map<string, End>();
  private early: { from: string; signal: Signal; atMs: number }[] = [];
  private track: MediaStreamTrack | null = null;
  private output = '';

  constructor(
    private readonly deps: MeshDeps,
    readonly sessionId: string,
    private config: RTCConfiguration,
  ) {}

  /** Everyone in voice, this session among them. */
  setParticipants(all: readonly VoiceParticipantJson[]): void {
    const others = new Map(all.map((one) => [one.sessionId ?? '', one] as const));
    others.delete(this.sessionId);
    for (const [id, end] of this.ends) {
      if (others.has(id)) continue;
      end.peer.close();
      end.voice.close();
      this.ends.delete(id);
      this.early = this.early.filter((one) => one.from !== id);
    }
    for (const [id, participant] of others) {
      const end = this.ends.get(id);
      if (end) end.participant = participant;
      else this.add(id, participant);
    }
    this.applyLoudness();
    this.deps.changed();
  }

  receive(from: string, payload: string): void {
    const signal = parseSignal(payload);
    if (!signal) return;
    const end = this.ends.get(from);
    const atMs = this.deps.nowMs();
    if (end) end.peer.receive(signal);
    else {
      this.early = [...this.early.filter((one) => atMs - one.atMs < EARLY_LASTS_MS), { from, signal, atMs }].slice(
        -MAX_EARLY,
      );
    }
  }

  setTrack(track: MediaStreamTrack | null): void {
    this.track = track;
    for (const { peer } of this.ends.values()) peer.setTrack(track);
  }

  /** A moderator's mute holds here, at each listener: a changed client that goes on sending is not heard. */
  applyLoudness(): void {
    for (const { participant, voice } of this.ends.values()) {
      const { volume, muted } = this.deps.loudness(participant.subjectId ?? '');
      voice.set(volume, muted || participant.muted !== undefined);
    }
  }

  setOutput(deviceId: string): void {
    this.output = deviceId;
    for (const { voice } of this.ends.values()) void voice.setOutput(deviceId);
  }

  resume(): void {
    for (const { voice } of this.ends.values()) voice.resume();
  }

  renew(config: RTCConfiguration): void {
    this.config = config;
    for (const { peer } of this.ends.values()) peer.renew(config);
  }

  /** The network changed. */
  restart(): void {
    for (const { peer } of this.ends.values()) peer.restart();
  }

  check(): void {
    for (const { peer, participant } of this.ends.values()) {
      const { muted, listening, interrupted } = participant.own ?? {};
      peer.check(!muted && !listening && !interrupted);
    }
  }

  /** How each voice comes by the mesh, by session. */
  hearing(): ReadonlyMap<string, Hearing> {
    const nowMs = this.deps.nowMs();
    return new Map(
      [...this.ends].map(([id, { peer, speech }]) => {
        speech.hear(peer.level(), nowMs);
        const isThere = peer.state === 'connected';
        return [id, { isThere, carries: isThere && speech.carries, speaks: speech.speaks(nowMs) }];
      }),
    );
  }

  /** Fades a voice in or out. */
  hear(sessionId: string, isHeard: boolean): void {
    this.ends.get(sessionId)?.voice.hear(isHeard);
  }

  /** By session. */
  lines(): ReadonlyMap<string, Line> {
    return new Map([...this.ends].map(([id, { line }]) => [id, line]));
  }

  /** Reads the statistics, and returns what the server counts. */
  async measure(): Promise<VoiceConnectionJson[]> {
    const ends = [...this.ends];
    return Promise.all(ends.map(([id, end]) => measured(id, end)));
  }

  close(): void {
    this.setParticipants([]);
  }

  private add(id: string, participant: VoiceParticipantJson): void {
    const voice = new RemoteVoice(() => this.deps.blocked(), this.deps.isHeard(id));
    if (this.output) void voice.setOutput(this.output);
    const peer = new Peer(
      {
        isPolite: this.sessionId < id,
        iceServers: () => this.deps.iceServers(),
        send: (signal) => this.deps.signal(id, encodeSignal(signal)),
        heard: (stream) => voice.play(stream),
        changed: () => {
          const end = this.ends.get(id);
          if (end) end.line = { ...end.line, state: end.peer.state };
          this.deps.changed();
        },
        failed: (failure) => {
          const end = this.ends.get(id);
          if (end) end.failure = failure;
        },
        nowMs: () => this.deps.nowMs(),
      },
      this.config,
      this.track,
    );
    this.ends.set(id, {
      participant,
      peer,
      voice,
      before: null,
      line: { state: 'connecting', path: null, lossPercent: null, roundTripMs: null },
      failure: undefined,
      connectTold: false,
      speech: new Speech(),
    });
    const now = this.early.filter((one) => one.from === id);
    this.early = this.early.filter((one) => one.from !== id);
    for (const { signal } of now) peer.receive(signal);
  }
}

async function measured(peerSessionId: string, end: End): Promise<VoiceConnectionJson> {
  const figures = await end.peer.figures();
  const loss = end.before && lossPercent(end.before, figures);
  end.before = figures;
  end.line = { state: end.peer.state, path: figures.path, lossPercent: loss, roundTripMs: figures.roundTripMs };
  const { failure } = end;
  end.failure = undefined;
  const isFirst = end.peer.connectMs !== null && !end.connectTold;
  if (isFirst) end.connectTold = true;
  return {
    peerSessionId,
    ...(figures.path && { path: figures.path }),
    ...(loss !== null && { lossPercent: loss }),
    ...(figures.roundTripMs !== null && { roundTripMs: figures.roundTripMs }),
    ...(isFirst && end.peer.connectMs !== null && { connectMs: end.peer.connectMs }),
    ...(failure && { failure }),
  };
}
