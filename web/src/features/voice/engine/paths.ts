// The ways by which voices travel: from browser to browser (mesh) in small rooms, through the media server (SFU) in larger ones.
// When a room changes, both are open until everyone is heard by the new one.
import type {
  VoiceConnectionJson,
  VoiceParticipantJson,
  VoiceRoomJson,
} from '../../../api/gen/syncwatch/voice/v1/voice_pb';
import { canEncrypt, Encryption, type Privacy } from './e2ee/encryption';
import { isKeySignal } from './e2ee/signals';
import { type Line, type Loudness, Mesh } from './mesh';
import { type Way, wayOf } from './routes';
import { type Refusal, SfuPath } from './sfuPath';

export interface PathsDeps {
  iceServers(): Promise<RTCConfiguration>;
  signal(to: string, payload: string): void;
  connect(offer: string): Promise<{ answer: string; hostEpoch: number }>;
  refusal(error: unknown): Refusal;
  loudness(subjectId: string): Loudness;
  /** The server no longer knows this session. */
  lost(): void;
  /** The browser plays no voice before a tap. */
  blocked(): void;
  changed(): void;
  nowMs(): number;
}

/** After this time with the media server, the mesh ends for people who did not come along. */
const MESH_OUTLASTS_MS = 5_000;
const MAX_EARLY_KEYS = 256;
/** The server ends its connections 15 s after a room became a mesh. */
const SFU_OUTLASTS_MS = 14_000;

export class Paths {
  private readonly mesh: Mesh;
  private sfu: SfuPath | null = null;
  private encryption: Encryption | null = null;
  /** Signals of the key exchange that came before the room told of their sender, or of the media server. */
  private earlyKeys: { from: string; payload: string }[] = [];
  /** This installation has no media server after all. */
  private isSfuOff = false;
  private wanted: Way = 'mesh';
  /** Since when the wanted way works, or was asked for. */
  private sinceMs = 0;
  private participants: readonly VoiceParticipantJson[] = [];
  private readonly ways = new Map<string, Way>();
  private track: MediaStreamTrack | null = null;
  private output = '';

  constructor(
    private readonly deps: PathsDeps,
    readonly sessionId: string,
    private config: RTCConfiguration,
  ) {
    this.mesh = new Mesh({ ...deps, isHeard: (id) => this.ways.get(id) !== 'sfu' }, sessionId, config);
  }

  /** The voice chat as the server has it. */
  setRoom({ participants = [], topology, hasSfu = false, hostEpoch = '0' }: VoiceRoomJson): void {
    this.participants = participants;
    const isSfu = topology === 'VOICE_TOPOLOGY_SFU' && hasSfu && !this.isSfuOff;
    this.want(isSfu ? 'sfu' : 'mesh');
    const here = new Set(participants.map(({ sessionId = '' }) => sessionId));
    for (const id of this.ways.keys()) if (!here.has(id)) this.ways.delete(id);
    for (const id of here) if (!this.ways.has(id)) this.ways.set(id, this.wanted);
    this.setMesh();
    here.delete(this.sessionId);
    this.encryption?.setMembers([...here]);
    if (this.encryption) this.takeEarlyKeys(this.encryption);
    this.sfu?.setHostEpoch(Number(hostEpoch));
    this.route();
  }

  /** How private this voice chat is. */
  get privacy(): Privacy {
    if (!this.sfu && this.wanted === 'mesh') return { kind: 'direct', without: [], code: '' };
    return this.encryption?.privacy ?? { kind: 'server', without: [this.sessionId], code: '' };
  }

  receive(from: string, payload: string): void {
    if (!isKeySignal(payload)) this.mesh.receive(from, payload);
    else if (this.encryption && this.ways.has(from)) this.encryption.receive(from, payload);
    else this.earlyKeys = [...this.earlyKeys, { from, payload }].slice(-MAX_EARLY_KEYS);
  }

  setTrack(track: MediaStreamTrack | null): void {
    this.track = track;
    this.mesh.setTrack(track);
    this.sfu?.setTrack(track);
  }

  applyLoudness(): void {
    this.mesh.applyLoudness();
    this.sfu?.apply();
  }

  setOutput(deviceId: string): void {
    this.output = deviceId;
    this.mesh.setOutput(deviceId);
    this.sfu?.setOutput(deviceId);
  }

  resume(): void {
    this.mesh.resume();
    this.sfu?.resume();
  }

  renew(config: RTCConfiguration): void {
    this.config = config;
    this.mesh.renew(config);
    this.sfu?.renew(config);
  }

  /** The network changed. */
  restart(): void {
    this.mesh.restart();
    this.sfu?.restart();
  }

  check(): void {
    this.mesh.check();
    this.sfu?.check();
  }

  /** The people whom one hears speak now, by the id of the person. Call often: voices change their way here, too. */
  speaking(): string[] {
    const by = this.route();
    return this.participants
      .filter(({ sessionId = '', subjectId = '', muted }) => {
        const isHeard = muted === undefined && !this.deps.loudness(subjectId).muted;
        return isHeard && by[this.ways.get(sessionId) ?? 'mesh'].get(sessionId)?.speaks;
      })
      .map(({ subjectId = '' }) => subjectId);
  }

  /** How the line to each person is, by their id. */
  lines(): ReadonlyMap<string, Line> {
    const { sfu } = this;
    const lines = this.mesh.lines();
    return new Map(
      this.participants.flatMap(({ sessionId = '', subjectId = '' }) => {
        const line = sfu && this.ways.get(sessionId) === 'sfu' ? sfu.lineTo(sessionId) : lines.get(sessionId);
        return line && sessionId !== this.sessionId ? [[subjectId, line] as const] : [];
      }),
    );
  }

  /** Reads the statistics, and returns what the server counts. */
  async measure(): Promise<VoiceConnectionJson[]> {
    const [mesh, sfu] = await Promise.all([this.mesh.measure(), this.sfu?.measure() ?? []]);
    return [...mesh, ...sfu];
  }

  close(): void {
    this.mesh.close();
    this.closeSfu();
  }

  private takeEarlyKeys(encryption: Encryption): void {
    const now = this.earlyKeys.filter(({ from }) => this.ways.has(from));
    this.earlyKeys = this.earlyKeys.filter(({ from }) => !this.ways.has(from));
    for (const { from, payload } of now) encryption.receive(from, payload);
  }

  private want(way: Way): void {
    if (way !== this.wanted) {
      this.wanted = way;
      this.sinceMs = this.deps.nowMs();
    }
    if (way === 'sfu') this.sfu ??= this.openSfu();
  }

  private openSfu(): SfuPath {
    const { deps } = this;
    if (canEncrypt()) this.encryption ??= new Encryption(deps, this.sessionId);
    const sfu = new SfuPath(
      {
        ...deps,
        encryption: this.encryption,
        changed: () => this.sfuChanged(),
        loudness: (sessionId) => this.loudnessIn(sessionId),
      },
      this.config,
      this.track,
    );
    if (this.output) sfu.setOutput(this.output);
    return sfu;
  }

  private sfuChanged(): void {
    if (this.sfu?.isRefused && this.wanted === 'sfu') {
      // A mesh of many is better than silence.
      this.isSfuOff = true;
      this.want('mesh');
      this.setMesh();
    }
    this.route();
    this.deps.changed();
  }

  private loudnessIn(sessionId: string) {
    const participant = this.participants.find((one) => one.sessionId === sessionId);
    const { volume, muted } = this.deps.loudness(participant?.subjectId ?? '');
    const isMuted = muted || !participant || participant.muted !== undefined;
    return { volume, muted: isMuted, isHeard: this.ways.get(sessionId) === 'sfu' };
  }

  /** Nobody is called by the mesh any more once the media server is wanted. */
  private setMesh(): void {
    const known = this.mesh.lines();
    const isWanted = this.wanted === 'mesh';
    this.mesh.setParticipants(this.participants.filter(({ sessionId = '' }) => isWanted || known.has(sessionId)));
  }

  /** Moves voices to the way that is wanted, and closes the other one when nobody needs it. */
  private route() {
    const by = { mesh: this.mesh.hearing(), sfu: this.sfu?.hearing() ?? new Map() };
    for (const [id, way] of this.ways) {
      const next = wayOf(way, this.wanted, { mesh: by.mesh.get(id), sfu: by.sfu.get(id) });
      if (next === way) continue;
      this.ways.set(id, next);
      this.mesh.hear(id, next === 'mesh');
      this.sfu?.apply();
    }
    this.closeOther(by);
    return by;
  }

  private closeOther({ mesh, sfu }: Record<Way, ReadonlyMap<string, { isThere: boolean }>>): void {
    const others = [...this.ways].filter(([id]) => id !== this.sessionId);
    const isMoved = others.every(([, way]) => way === this.wanted);
    const forMs = this.deps.nowMs() - this.sinceMs;
    if (this.wanted === 'sfu' && mesh.size > 0 && this.sfu?.isReady) {
      // Those who are heard by the server may still fade out of the mesh.
      if ((isMoved && others.every(([id]) => sfu.has(id)) && forMs > 500) || forMs > MESH_OUTLASTS_MS)
        this.mesh.setParticipants([]);
    } else if (this.wanted === 'sfu' && !this.sfu?.isReady) {
      this.sinceMs = this.deps.nowMs();
    } else if (this.wanted === 'mesh' && this.sfu) {
      const isThere = others.every(([id]) => mesh.get(id)?.isThere);
      if ((isMoved && isThere && forMs > 500) || forMs > SFU_OUTLASTS_MS) this.closeSfu();
    }
  }

  private closeSfu(): void {
    this.sfu?.close();
    this.sfu = null;
    this.encryption?.close();
    this.encryption = null;
    for (const [id, way] of this.ways) if (way === 'sfu') this.ways.set(id, 'mesh');
  }
}
