// A small RTCPeerConnection after W3C WebRTC 1.0: signaling states, implicit rollback, ICE generations. All connections of a test
// live in one FakeNetwork, which connects two of them when each has the description and a candidate of the other.
import { vi } from 'vitest';

const AUDIO = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n';

export class FakeNetwork {
  readonly connections: FakeConnection[] = [];
  /** False: no two connections reach each other. */
  isUp = true;

  /** Replaces the browser's RTCPeerConnection until the end of the test. */
  install(): this {
    const connect = (config: RTCConfiguration) => new FakeConnection(this, config);
    vi.stubGlobal('RTCPeerConnection', function made(config: RTCConfiguration) {
      return connect(config);
    });
    return this;
  }

  connect(): void {
    if (!this.isUp) return;
    const open = this.connections.filter(({ isClosed }) => !isClosed);
    for (const one of open) {
      const other = open.find((peer) => peer !== one && peer.reaches(one) && one.reaches(peer));
      if (other && one.connectionState !== 'connected') one.become('connected');
    }
  }
}

class FakeSender {
  constructor(public track: MediaStreamTrack | null) {}

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }
}

/** What a connection receives in one of its media. */
class FakeReceiver {
  readonly track = fakeTrack('voice');
  /** Newest packet. */
  source: { audioLevel: number; timestamp: number } | null = null;

  getSynchronizationSources() {
    return this.source ? [this.source] : [];
  }
}

interface FakeTransceiver {
  sender: FakeSender;
  receiver: FakeReceiver;
  direction: RTCRtpTransceiverDirection;
}

export class FakeConnection extends EventTarget {
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: { type: RTCSdpType; sdp: string } | null = null;
  remoteDescription: { type: RTCSdpType; sdp: string } | null = null;
  isClosed = false;
  /** Data channels, for messages of the other end. */
  readonly channels: EventTarget[] = [];
  stats: { id: string; type: string; [name: string]: unknown }[] = [];
  private readonly transceivers: FakeTransceiver[] = [];
  private negotiated = 0;
  private restarts = false;
  private generation = 0;
  private readonly reachable = new Set<string>();
  private hasTrack = false;
  private readonly number: number;

  constructor(
    private readonly network: FakeNetwork,
    public config: RTCConfiguration,
  ) {
    super();
    this.number = network.connections.push(this);
  }

  get ufrag(): string {
    return `u${this.number}g${this.generation}`;
  }

  addTransceiver(track: MediaStreamTrack | string, { direction }: { direction: RTCRtpTransceiverDirection }) {
    const sender = new FakeSender(typeof track === 'string' ? null : track);
    const made = { sender, receiver: new FakeReceiver(), direction };
    this.transceivers.push(made);
    this.negotiateLater();
    return made;
  }

  getTransceivers(): readonly FakeTransceiver[] {
    return this.transceivers;
  }

  getReceivers(): readonly FakeReceiver[] {
    return this.transceivers.map(({ receiver }) => receiver);
  }

  /** Sets the newest packet of the other end, or of one of its slots. */
  hears(source: { audioLevel: number; timestamp: number } | null, index = 0): void {
    const { receiver } = this.transceivers[index] ?? {};
    if (receiver) receiver.source = source;
  }

  createDataChannel(): EventTarget {
    const channel = new EventTarget();
    this.channels.push(channel);
    return channel;
  }

  getStats(): Promise<Map<string, object>> {
    return Promise.resolve(new Map(this.stats.map((entry) => [entry.id, entry])));
  }

  setConfiguration(config: RTCConfiguration): void {
    if (this.isClosed) throw new DOMException('closed', 'InvalidStateError');
    this.config = config;
  }

  restartIce(): void {
    this.restarts = true;
    this.negotiateLater();
  }

  async createOffer(): Promise<RTCSessionDescriptionInit> {
    await this.turn();
    return { type: 'offer', sdp: this.sdp(this.restarts ? 1 : 0) };
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    await this.turn();
    return { type: 'answer', sdp: this.sdp(0) };
  }

  async setLocalDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    await this.turn();
    const expected = type === 'offer' ? ['stable', 'have-local-offer'] : ['have-remote-offer'];
    if (!expected.includes(this.signalingState)) throw new DOMException(this.signalingState, 'InvalidStateError');
    this.localDescription = { type, sdp };
    this.generation = Number(/a=ice-ufrag:u\d+g(\d+)/.exec(sdp)?.[1]);
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
    void this.gather();
    if (type === 'answer') this.becomeStable();
  }

  async setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    await this.turn();
    if (!sdp.startsWith('v=0')) throw new DOMException('no SDP', 'OperationError');
    if (type === 'answer' && this.signalingState !== 'have-local-offer')
      throw new DOMException(this.signalingState, 'InvalidStateError');
    const isRestart = this.remoteDescription !== null && ufragOf(this.remoteDescription.sdp) !== ufragOf(sdp);
    this.remoteDescription = { type, sdp };
    // An offer rolls back one's own. An answer to new ICE credentials has new ones, too.
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
    if (type === 'offer' && isRestart) this.generation += 1;
    if (type === 'offer' && this.transceivers.length === 0)
      this.transceivers.push({ sender: new FakeSender(null), receiver: new FakeReceiver(), direction: 'recvonly' });
    if (!this.hasTrack) {
      this.hasTrack = true;
      this.dispatchEvent(Object.assign(new Event('track'), { streams: [new MediaStream()], track: null }));
    }
    if (type === 'answer') this.becomeStable();
  }

  async addIceCandidate({ candidate = '' }: RTCIceCandidateInit): Promise<void> {
    await this.turn();
    if (!this.remoteDescription) throw new DOMException('no description', 'InvalidStateError');
    this.reachable.add(/ufrag (\w+)/.exec(candidate)?.[1] ?? '');
    this.network.connect();
  }

  close(): void {
    this.isClosed = true;
    this.signalingState = 'closed';
    this.connectionState = 'closed';
  }

  reaches(other: FakeConnection): boolean {
    const { remoteDescription: remote } = this;
    return this.signalingState === 'stable' && ufragOf(remote?.sdp) === other.ufrag && this.reachable.has(other.ufrag);
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  private becomeStable(): void {
    this.negotiated = this.transceivers.length;
    this.restarts &&= ufragOf(this.localDescription?.sdp) !== this.ufrag || this.localDescription?.type === 'answer';
    this.negotiateLater();
    this.network.connect();
  }

  private negotiateLater(): void {
    queueMicrotask(() => {
      const isNeeded = this.restarts || this.negotiated < this.transceivers.length;
      if (isNeeded && this.signalingState === 'stable') this.dispatchEvent(new Event('negotiationneeded'));
    });
  }

  /** Candidates come once the promise of setLocalDescription has resolved. */
  private async gather(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    const candidate = `candidate:1 1 udp 1 ${this.number}.local 9 typ host ufrag ${this.ufrag}`;
    const init = { candidate, sdpMid: '0', sdpMLineIndex: 0 };
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: { toJSON: () => init } }));
  }

  private sdp(newer: number): string {
    return `${AUDIO}a=ice-ufrag:u${this.number}g${this.generation + newer}\r\n`;
  }

  /** Every operation takes a turn of the event loop, as those of browsers do. */
  private async turn(): Promise<void> {
    await Promise.resolve();
    if (this.isClosed) throw new DOMException('closed', 'InvalidStateError');
  }
}

function ufragOf(sdp = ''): string {
  return /a=ice-ufrag:(\w+)/.exec(sdp)?.[1] ?? '';
}

/** Lets everything happen that is not a matter of time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
}

export function fakeTrack(label = 'microphone'): MediaStreamTrack {
  const track = Object.assign(new EventTarget(), {
    kind: 'audio',
    label,
    enabled: true,
    readyState: 'live',
    stop: () => {
      track.readyState = 'ended';
    },
    clone: () => fakeTrack(label),
    applyConstraints: vi.fn(() => Promise.resolve()),
  });
  return track as unknown as MediaStreamTrack;
}
