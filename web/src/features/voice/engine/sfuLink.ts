// One connection to the media server (SFU): the own microphone, a fixed number of slots by which others are heard, and a channel
// that says who is in which slot. It is never negotiated again: another network or another server needs another link.
import type { Hearing } from './mesh';
import type { PeerState } from './peer';
import { RemoteVoice } from './remote';
import { withOpus } from './sdp';
import { parseSlots } from './slots';
import { levelOf, Speech } from './speech';
import { type Figures, figuresOf } from './stats';

export const SLOTS = 4;
/** The server sends a message every 400 ms. */
const SERVER_SILENT_MS = 1_000;
/** A server that is gone sends neither messages nor packets; either may be late by itself. */
const BOTH_SILENT_MS = 600;
const CONNECT_WITHIN_MS = 5_000;

/** Sets the transforms of a connection. */
export interface Transforms {
  sends(sender: RTCRtpSender): void;
  receives(receiver: RTCRtpReceiver): void;
}

export interface LinkDeps {
  /** The server's answer to an offer. */
  connect(offer: string): Promise<{ answer: string; hostEpoch: number }>;
  /** Encrypts what goes through the server; null: the browser cannot. */
  encryption: Transforms | null;
  blocked(): void;
  /** The link became ready, or other people are in it or in its slots. */
  changed(): void;
  nowMs(): number;
}

interface Slot {
  receiver: RTCRtpReceiver;
  voice: RemoteVoice;
  sessionId: string;
  speech: Speech;
}

export class SfuLink {
  state: PeerState = 'connecting';
  connectMs: number | null = null;
  hostEpoch = 0;
  /** Everyone who is connected to the server. */
  present: ReadonlySet<string> = new Set();
  private readonly pc: RTCPeerConnection;
  private readonly slots: readonly Slot[];
  private readonly startedMs: number;
  private messageMs = -Infinity;
  private isClosed = false;

  constructor(
    private readonly deps: LinkDeps,
    config: RTCConfiguration,
    track: MediaStreamTrack | null,
  ) {
    this.startedMs = deps.nowMs();
    this.pc = new RTCPeerConnection({ ...config, bundlePolicy: 'max-bundle' });
    const { sender } = this.pc.addTransceiver(track ?? 'audio', { direction: 'sendonly' });
    deps.encryption?.sends(sender);
    this.slots = Array.from({ length: SLOTS }, () => this.addSlot());
    this.pc.createDataChannel('voice').addEventListener('message', ({ data }) => this.receive(data));
    this.pc.addEventListener('connectionstatechange', () => {
      if (['failed', 'closed'].includes(this.pc.connectionState)) this.fail();
    });
  }

  /** Rejects with the refusal of the server. */
  async open(): Promise<void> {
    const { type, sdp = '' } = await this.pc.createOffer();
    if (this.isClosed) return;
    await this.pc.setLocalDescription({ type, sdp: withOpus(sdp) });
    const { answer, hostEpoch } = await this.deps.connect(this.pc.localDescription?.sdp ?? sdp);
    this.hostEpoch = hostEpoch;
    if (!this.isClosed) await this.pc.setRemoteDescription({ type: 'answer', sdp: withOpus(answer) });
  }

  get isReady(): boolean {
    return this.state === 'connected';
  }

  /** The microphone, or none. */
  setTrack(track: MediaStreamTrack | null): void {
    void this.pc
      .getTransceivers()[0]
      ?.sender.replaceTrack(track)
      .catch(() => undefined);
  }

  /** How each person comes by this link; call often. `isThere`: connected to the server. */
  hearing(): ReadonlyMap<string, Hearing> {
    const nowMs = this.deps.nowMs();
    const heard = new Map<string, Hearing>();
    for (const id of this.isReady ? this.present : []) heard.set(id, { isThere: true, carries: false, speaks: false });
    for (const { receiver, sessionId, speech } of this.slots) {
      speech.hear(levelOf(receiver), nowMs);
      if (heard.has(sessionId))
        heard.set(sessionId, { isThere: true, carries: speech.carries, speaks: speech.speaks(nowMs) });
    }
    return heard;
  }

  /** Sets each slot for the person in it. */
  apply(loudness: (sessionId: string) => { volume: number; muted: boolean; isHeard: boolean }): void {
    for (const { sessionId, voice } of this.slots) {
      const { volume, muted, isHeard } = sessionId ? loudness(sessionId) : { volume: 1, muted: false, isHeard: false };
      voice.set(volume, muted);
      voice.hear(isHeard);
    }
  }

  setOutput(deviceId: string): void {
    for (const { voice } of this.slots) void voice.setOutput(deviceId);
  }

  resume(): void {
    for (const { voice } of this.slots) voice.resume();
  }

  /** Notices a server that is gone; call a few times a second. */
  check(): void {
    const nowMs = this.deps.nowMs();
    if (this.state === 'connecting' && nowMs - this.startedMs > CONNECT_WITHIN_MS) this.fail();
    if (this.state !== 'connected') return;
    const silentMs = nowMs - this.messageMs;
    // Packets of people who spoke just now stop with the server; those of silent people come every 400 ms.
    const packetMs = Math.min(...this.slots.map(({ receiver }) => levelOf(receiver).ageMs));
    const isGone = silentMs > BOTH_SILENT_MS && packetMs > BOTH_SILENT_MS && packetMs < Infinity;
    if (silentMs > SERVER_SILENT_MS || isGone) this.fail();
  }

  async figures(): Promise<Figures> {
    return figuresOf([...(await this.pc.getStats()).values()]);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.pc.close();
    for (const { voice } of this.slots) voice.close();
  }

  private addSlot(): Slot {
    const { receiver } = this.pc.addTransceiver('audio', { direction: 'recvonly' });
    this.deps.encryption?.receives(receiver);
    const voice = new RemoteVoice(() => this.deps.blocked(), false);
    voice.play(new MediaStream([receiver.track]));
    return { receiver, voice, sessionId: '', speech: new Speech() };
  }

  private receive(data: unknown): void {
    const message = parseSlots(data);
    if (!message || this.isClosed || this.state === 'broken') return;
    const nowMs = this.deps.nowMs();
    this.messageMs = nowMs;
    this.connectMs ??= nowMs - this.startedMs;
    let isNew = this.state !== 'connected' || message.present !== null;
    this.state = 'connected';
    this.present = message.present ?? this.present;
    this.slots.forEach((slot, index) => {
      const sessionId = message.sessionIds[index] ?? '';
      if (slot.sessionId === sessionId) return;
      isNew = true;
      slot.sessionId = sessionId;
      slot.speech = new Speech();
    });
    if (isNew) this.deps.changed();
  }

  private fail(): void {
    if (this.isClosed || this.state === 'broken') return;
    this.state = 'broken';
    this.deps.changed();
  }
}
