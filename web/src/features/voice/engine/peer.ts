// The connection to one other browser: perfect negotiation (W3C webrtc, 10.7) with fixed roles. The end whose session id
// sorts first is polite; the other one begins. Both restart ICE when the way breaks.
import type { IceFailureJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';
import { ufragOf, withOpus } from './sdp';
import type { Signal } from './signal';
import { type Level, levelOf } from './speech';
import { type Figures, figuresOf } from './stats';

export type PeerState = 'connecting' | 'connected' | 'broken';

export interface PeerDeps {
  isPolite: boolean;
  iceServers(): Promise<RTCConfiguration>;
  send(signal: Signal): void;
  /** The other end's voice. */
  heard(stream: MediaStream): void;
  changed(): void;
  failed(failure: Exclude<IceFailureJson, 'ICE_FAILURE_UNSPECIFIED'>): void;
  nowMs(): number;
}

/** From the first offer to a way that works. */
const CONNECT_WITHIN_MS = 10_000;
/** A connection that is only disturbed may come back by itself. */
const DISTURBED_MS = 4_000;
/** While a connection stands, packets come also in silence: DTX sends one every 400 ms. */
const SILENT_MS = 1_000;
const RESTART_EVERY_MS = 3_000;

export class Peer {
  state: PeerState = 'connecting';
  connectMs: number | null = null;
  private pc: RTCPeerConnection;
  private track: MediaStreamTrack | null;
  private isIgnoring = false;
  private isClosed = false;
  private readonly early: RTCIceCandidateInit[] = [];
  private startedMs: number;
  private restartedMs = -Infinity;
  private disturbedMs: number | null = null;
  /** Signals and own offers run one after the other, so that no remote offer lands between `createOffer` and `setLocalDescription`. */
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: PeerDeps,
    config: RTCConfiguration,
    track: MediaStreamTrack | null,
  ) {
    this.track = track;
    this.startedMs = deps.nowMs();
    this.pc = this.open(config);
    if (!deps.isPolite) this.pc.addTransceiver(track ?? 'audio', { direction: 'sendrecv' });
    // A page that was reloaded has no connection any more, and the other end begins.
    else deps.send({ kind: 'begin' });
  }

  receive(signal: Signal): void {
    this.enqueue(() => this.take(signal));
  }

  /** The microphone, or none. Needs no negotiation. */
  setTrack(track: MediaStreamTrack | null): void {
    this.track = track;
    void this.sender?.replaceTrack(track).catch(() => undefined);
  }

  async figures(): Promise<Figures> {
    const report = await this.pc.getStats();
    return figuresOf([...report.values()]);
  }

  /** Of the other end's voice. */
  level(): Level {
    return levelOf(this.pc.getReceivers()[0]);
  }

  /** Looks after the connection; call a few times a second. `sends`: the other end has an open connection to send on. */
  check(sends: boolean): void {
    const nowMs = this.deps.nowMs();
    if (this.state !== 'connected') {
      if (nowMs - Math.max(this.startedMs, this.restartedMs) > CONNECT_WITHIN_MS) {
        this.deps.failed(this.pc.remoteDescription ? 'ICE_FAILURE_NO_PATH' : 'ICE_FAILURE_NO_ANSWER');
        this.restart();
      }
      return;
    }
    const { ageMs } = this.level();
    const isSilent = sends && ageMs > SILENT_MS && ageMs < Infinity;
    const isDisturbed = this.disturbedMs !== null && nowMs - this.disturbedMs > DISTURBED_MS;
    if ((isSilent || isDisturbed) && nowMs - this.restartedMs > RESTART_EVERY_MS) this.restart();
  }

  /** Looks for another way, with fresh credentials. What is heard goes on while the old way works. */
  restart(): void {
    this.restartedMs = this.deps.nowMs();
    this.deps.iceServers().then(
      (config) => {
        if (this.isClosed) return;
        this.pc.setConfiguration(config);
        if (this.pc.remoteDescription) this.pc.restartIce();
        else if (this.deps.isPolite) this.deps.send({ kind: 'begin' });
        else this.enqueue(() => this.offer());
      },
      () => undefined,
    );
  }

  /** Credentials that are newer. They count from the next restart on. */
  renew(config: RTCConfiguration): void {
    if (!this.isClosed) this.pc.setConfiguration(config);
  }

  close(): void {
    this.isClosed = true;
    this.pc.close();
  }

  private get sender(): RTCRtpSender | undefined {
    return this.pc.getTransceivers()[0]?.sender;
  }

  private open(config: RTCConfiguration): RTCPeerConnection {
    const pc = new RTCPeerConnection(config);
    pc.addEventListener('negotiationneeded', () => this.enqueue(() => this.offerOnce()));
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate) this.deps.send({ kind: 'candidate', candidate: candidate.toJSON() });
    });
    pc.addEventListener('track', ({ streams, track }) => this.deps.heard(streams[0] ?? new MediaStream([track])));
    pc.addEventListener('connectionstatechange', () => this.connectionChanged());
    return pc;
  }

  private connectionChanged(): void {
    const before = this.state;
    const { connectionState } = this.pc;
    this.disturbedMs = connectionState === 'disconnected' ? this.deps.nowMs() : null;
    if (connectionState === 'connected') {
      this.state = 'connected';
      this.connectMs ??= this.deps.nowMs() - this.startedMs;
    } else if (connectionState === 'failed') {
      this.state = 'broken';
      this.deps.failed(before === 'connected' ? 'ICE_FAILURE_LOST' : 'ICE_FAILURE_NO_PATH');
      this.restart();
    } else if (connectionState === 'disconnected') {
      this.state = 'broken';
    }
    if (this.state !== before) this.deps.changed();
  }

  private enqueue(step: () => Promise<void>): void {
    this.work = this.work.then(step).catch(() => {
      if (!this.isClosed) this.deps.failed('ICE_FAILURE_NEGOTIATION');
    });
  }

  /** An exchange that is under way, or an offer of an event before, ends with another event where one is still needed. */
  private async offerOnce(): Promise<void> {
    if (this.pc.signalingState === 'stable') await this.offer();
  }

  private async offer(): Promise<void> {
    if (!this.isClosed) await this.describe(await this.pc.createOffer());
  }

  private async describe({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    if (this.isClosed) return;
    await this.pc.setLocalDescription({ type, sdp: withOpus(sdp) });
    const { localDescription: local, remoteDescription: remote } = this.pc;
    if (local?.type === 'offer') this.deps.send({ kind: 'description', type: 'offer', sdp: local.sdp });
    else if (local?.type === 'answer')
      this.deps.send({ kind: 'description', type: 'answer', sdp: local.sdp, answers: ufragOf(remote?.sdp) });
  }

  private async take(signal: Signal): Promise<void> {
    if (this.isClosed) return;
    if (signal.kind === 'begin') {
      if (!this.deps.isPolite && this.pc.signalingState === 'have-local-offer') {
        const local = this.pc.localDescription;
        if (local) this.deps.send({ kind: 'description', type: 'offer', sdp: local.sdp });
      }
      return;
    }
    if (signal.kind === 'candidate') {
      if (this.isIgnoring) return;
      if (this.pc.remoteDescription) await this.pc.addIceCandidate(signal.candidate).catch(() => undefined);
      else if (this.early.length < 64) this.early.push(signal.candidate);
      return;
    }
    const collides = signal.type === 'offer' && this.pc.signalingState !== 'stable';
    this.isIgnoring = !this.deps.isPolite && collides;
    if (this.isIgnoring || (signal.type === 'answer' && this.pc.signalingState !== 'have-local-offer')) return;
    // The other end may have read an offer of a connection that was here before, as after somebody left and joined again.
    if (signal.answers && signal.answers !== ufragOf(this.pc.localDescription?.sdp)) return;
    // Opus takes its parameters from what the other end says.
    await this.pc.setRemoteDescription({ type: signal.type, sdp: withOpus(signal.sdp) });
    for (const candidate of this.early.splice(0)) await this.pc.addIceCandidate(candidate).catch(() => undefined);
    if (signal.type === 'answer') return;
    const [transceiver] = this.pc.getTransceivers();
    if (transceiver && transceiver.direction !== 'sendrecv') {
      transceiver.direction = 'sendrecv';
      await transceiver.sender.replaceTrack(this.track);
    }
    await this.describe(await this.pc.createAnswer());
  }
}
