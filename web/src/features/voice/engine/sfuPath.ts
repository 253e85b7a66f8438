// The way through the media server, as long as it is wanted: opens another link when one breaks, when the room has another host or
// when the network changes, and closes the old link once the new one carries the voices.
import type { VoiceConnectionJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';
import type { Hearing, Line } from './mesh';
import { type LinkDeps, SfuLink } from './sfuLink';
import { type Figures, lossPercent } from './stats';

/** Whether another attempt may work: `never`: this installation has no media server. */
export type Refusal = 'retry' | 'rejoin' | 'never';

export interface SfuDeps extends LinkDeps {
  iceServers(): Promise<RTCConfiguration>;
  /** How a person is to be heard. */
  loudness(sessionId: string): { volume: number; muted: boolean; isHeard: boolean };
  refusal(error: unknown): Refusal;
  /** The server no longer knows this session. */
  lost(): void;
}

/** The server takes the microphone from a new link at once, and sends by both for 2 s. */
const OVERLAP_MS = 1_000;
/** After the fade of a link that is replaced. */
const CLOSE_AFTER_MS = 80;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4_000;
const RESTART_EVERY_MS = 1_000;
const NONE: ReadonlyMap<string, Hearing> = new Map();

export class SfuPath {
  /** Refused for good. */
  isRefused = false;
  private link: SfuLink | null = null;
  /** It takes over once it carries the voices. */
  private next: { link: SfuLink; readyMs: number | null } | null = null;
  private readonly closing = new Set<SfuLink>();
  private retryMs = FIRST_RETRY_MS;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private hostEpoch = 0;
  private openedMs = -Infinity;
  private output = '';
  private isClosed = false;
  private before: Figures | null = null;
  private line: Line = { state: 'connecting', path: 'sfu', lossPercent: null, roundTripMs: null };
  private failure: VoiceConnectionJson['failure'];
  private isConnectTold = false;

  constructor(
    private readonly deps: SfuDeps,
    private config: RTCConfiguration,
    private track: MediaStreamTrack | null,
  ) {
    this.open();
  }

  get isReady(): boolean {
    return this.link?.isReady === true;
  }

  hearing(): ReadonlyMap<string, Hearing> {
    return this.link?.hearing() ?? NONE;
  }

  /** The room's host; a newer one needs another link. */
  setHostEpoch(epoch: number): void {
    this.hostEpoch = epoch;
    const { hostEpoch } = this.next?.link ?? this.link ?? {};
    if (hostEpoch && hostEpoch < epoch) this.open();
  }

  setTrack(track: MediaStreamTrack | null): void {
    this.track = track;
    for (const link of this.links()) link.setTrack(track);
  }

  setOutput(deviceId: string): void {
    this.output = deviceId;
    for (const link of this.links()) link.setOutput(deviceId);
  }

  renew(config: RTCConfiguration): void {
    this.config = config;
  }

  resume(): void {
    for (const link of this.links()) link.resume();
  }

  /** The network changed. */
  restart(): void {
    // Browsers report one change several times.
    if (this.deps.nowMs() - this.openedMs < RESTART_EVERY_MS) return;
    this.deps.iceServers().then(
      (config) => {
        this.config = config;
        this.retryMs = FIRST_RETRY_MS;
        this.open();
      },
      () => undefined,
    );
  }

  /** Call a few times a second. */
  check(): void {
    for (const link of this.links()) link.check();
    this.takeOver();
  }

  /** Sets everybody's loudness, and fades. */
  apply(): void {
    this.link?.apply((sessionId) => this.deps.loudness(sessionId));
  }

  lineTo(sessionId: string): Line {
    const isThere = this.link?.present.has(sessionId) === true;
    return isThere || this.line.state === 'broken' ? this.line : { ...this.line, state: 'connecting' };
  }

  /** Reads the statistics, and returns what the server counts. */
  async measure(): Promise<VoiceConnectionJson[]> {
    const { link } = this;
    if (!link) return [];
    const figures = await link.figures();
    const loss = this.before && lossPercent(this.before, figures);
    this.before = figures;
    this.line = { state: link.state, path: 'sfu', lossPercent: loss, roundTripMs: figures.roundTripMs };
    const { failure } = this;
    this.failure = undefined;
    const isFirst = link.connectMs !== null && !this.isConnectTold;
    if (isFirst) this.isConnectTold = true;
    return [
      {
        peerSessionId: 'sfu',
        ...(figures.path && { path: figures.path }),
        ...(loss !== null && { lossPercent: loss }),
        ...(figures.roundTripMs !== null && { roundTripMs: figures.roundTripMs }),
        ...(isFirst && link.connectMs !== null && { connectMs: link.connectMs }),
        ...(failure && { failure }),
      },
    ];
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
    for (const link of [...this.links(), ...this.closing]) link.close();
  }

  private links(): SfuLink[] {
    return [this.link, this.next?.link].filter((link) => link !== null && link !== undefined);
  }

  private open(): void {
    if (this.isClosed || this.isRefused) return;
    clearTimeout(this.retry);
    this.openedMs = this.deps.nowMs();
    this.next?.link.close();
    const link: SfuLink = new SfuLink({ ...this.deps, changed: () => this.changed(link) }, this.config, this.track);
    if (this.output) link.setOutput(this.output);
    this.next = { link, readyMs: null };
    link.open().catch((error: unknown) => this.refused(link, error));
  }

  private changed(link: SfuLink): void {
    if (link.state === 'broken') this.broke(link);
    else if (this.next?.link === link && link.isReady) this.next.readyMs ??= this.deps.nowMs();
    this.takeOver();
    this.apply();
    this.deps.changed();
  }

  /** Lets the new link take over once it carries voices, or when there is nothing to wait for. */
  private takeOver(): void {
    const { next, link: old } = this;
    if (!next || next.readyMs === null) return;
    const speaks = [...(old?.hearing() ?? NONE)].some(([, { speaks: is }]) => is);
    const carries = [...next.link.hearing()].some(([, hearing]) => hearing.carries);
    const isLate = this.deps.nowMs() - next.readyMs > OVERLAP_MS;
    if (old?.isReady && speaks && !carries && !isLate) return;
    this.link = next.link;
    this.next = null;
    this.retryMs = FIRST_RETRY_MS;
    this.before = null;
    this.line = { ...this.line, state: 'connected' };
    this.apply();
    if (old) this.closeSoon(old);
    this.setHostEpoch(this.hostEpoch);
  }

  private closeSoon(link: SfuLink): void {
    link.apply(() => ({ volume: 1, muted: false, isHeard: false }));
    this.closing.add(link);
    setTimeout(() => {
      link.close();
      this.closing.delete(link);
    }, CLOSE_AFTER_MS);
  }

  private broke(link: SfuLink): void {
    this.failure = link.connectMs === null ? 'ICE_FAILURE_NO_PATH' : 'ICE_FAILURE_LOST';
    if (link === this.link) {
      this.line = { ...this.line, state: 'broken' };
      if (!this.next) this.open();
    } else if (link === this.next?.link) {
      link.close();
      this.next = null;
      this.openLater();
    }
  }

  private refused(link: SfuLink, error: unknown): void {
    if (this.isClosed || link !== this.next?.link) return;
    link.close();
    this.next = null;
    const refusal = this.deps.refusal(error);
    if (refusal === 'retry') this.openLater();
    else if (refusal === 'rejoin') this.deps.lost();
    else {
      this.isRefused = true;
      this.deps.changed();
    }
  }

  private openLater(): void {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), this.retryMs);
    this.retryMs = Math.min(LAST_RETRY_MS, this.retryMs * 2);
  }
}
