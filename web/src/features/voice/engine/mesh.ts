// The connections to everyone in voice: one for each other session, as the list of the server says.
import type { VoiceConnectionJson, VoiceParticipantJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';
import { Peer, type PeerState } from './peer';
import { RemoteVoice } from './remote';
import { encodeSignal, parseSignal, type Signal } from './signal';
import { type Figures, lossPercent, type Path } from './stats';

/** How a person wants to hear another one. */
export interface Loudness {
  /** 0 to 1. */
  volume: number;
  muted: boolean;
  /** By how many decibels the film is turned down while they speak; absent: as for everyone. */
  duckDb?: number;
}

/** How the line to one person is. */
export interface Line {
  state: PeerState;
  path: Path | null;
  lossPercent: number | null;
  roundTripMs: number | null;
}

export interface MeshDeps {
  iceServers(): Promise<RTCConfiguration>;
  signal(to: string, payload: string): void;
  loudness(subjectId: string): Loudness;
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
  speakingMs: number;
}

/** A level of RFC 6464 above this is a voice, of 1. */
const SPEAKING_LEVEL = 0.01;
/** Somebody who pauses between words still speaks. */
const SPEAKING_HOLD_MS = 300;
/** A level is of the newest packet; an older one says nothing. */
const LEVEL_LASTS_MS = 500;
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

  /** The people whom one hears speak now, by the id of the person. */
  speaking(): string[] {
    const nowMs = this.deps.nowMs();
    const heard: string[] = [];
    for (const end of this.ends.values()) {
      const { level, ageMs } = end.peer.level();
      if (level > SPEAKING_LEVEL && ageMs < LEVEL_LASTS_MS) end.speakingMs = nowMs;
      const subjectId = end.participant.subjectId ?? '';
      const isHeard = end.participant.muted === undefined && !this.deps.loudness(subjectId).muted;
      if (isHeard && nowMs - end.speakingMs < SPEAKING_HOLD_MS) heard.push(subjectId);
    }
    return heard;
  }

  lines(): ReadonlyMap<string, Line> {
    return new Map([...this.ends.values()].map(({ participant, line }) => [participant.subjectId ?? '', line]));
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
    const voice = new RemoteVoice(() => this.deps.blocked());
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
      speakingMs: -Infinity,
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
