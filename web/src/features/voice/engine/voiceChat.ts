// One person's part in the voice chat of a room: joins and leaves, opens the microphone, turns the film down under voices.
import type {
  VoiceConnectionJson,
  VoiceParticipantJson,
  VoiceRoomJson,
  VoiceSelfJson,
} from '../../../api/gen/syncwatch/voice/v1/voice_pb';
import { duckDepthDb, type VoiceSettings } from '../voiceSettings';
import { Activity } from './activity';
import { Ducker } from './ducker';
import { type Ice, IceLease } from './iceLease';
import { LeakWatch } from './leakWatch';
import type { Loudness } from './mesh';
import { Microphone } from './microphone';
import { Paths } from './paths';
import { Reports } from './reports';
import type { Refusal } from './sfuPath';
import { MAX_HELD_MS, TalkButton } from './talk';
import { OUT, type VoiceView } from './view';

export interface VoiceDeps {
  subjectId(): string;
  sessionId(): string;
  iceServers(): Promise<Ice>;
  join(own: VoiceSelfJson): Promise<VoiceRoomJson>;
  /** Opens a connection to the media server by an offer. */
  connect(offer: string): Promise<{ answer: string; hostEpoch: number }>;
  refusalOfSfu(error: unknown): Refusal;
  leave(sessionId: string): Promise<unknown>;
  update(own: VoiceSelfJson): Promise<unknown>;
  report(connections: VoiceConnectionJson[]): Promise<unknown>;
  signal(to: string, payload: string): void;
  loudness(subjectId: string): Loudness;
  mayTalk(): boolean;
  /** Why the server refuses to let this person in again, in words; null: another attempt may succeed. */
  refusal(error: unknown): string | null;
  /** The element that plays the film; null: there is none. */
  film(): HTMLVideoElement | null;
  setFilmGain(gain: number): void;
  settings(): VoiceSettings;
  tell(text: string): void;
  changed(view: VoiceView): void;
  nowMs(): number;
}

const TICK_MS = 25;
const CHECK_EVERY_MS = 250;
const LOOK_EVERY_MS = 2_000;
const REJOIN_AFTER_MS = 1_000;
export const NO_LONGER = 'You may no longer talk in this room.';

export class VoiceChat {
  view: VoiceView = OUT;
  private paths: Paths | null = null;
  private readonly microphone: Microphone;
  private readonly talk = new TalkButton();
  private readonly activity: Activity;
  private readonly ducker = new Ducker();
  private readonly ice: IceLease;
  private readonly leakWatch: LeakWatch;
  private reports = new Reports();
  private timer: ReturnType<typeof setInterval> | undefined;
  private rejoin: ReturnType<typeof setTimeout> | undefined;
  private isListed = false;
  private isInterrupted = false;
  private mutedBy = false;
  private checkedMs = 0;
  private lookedMs = 0;
  private told = '';
  /** Counts joins, so that what an abandoned one brings is dropped. */
  private attempt = 0;

  constructor(private readonly deps: VoiceDeps) {
    const settings = deps.settings();
    this.activity = new Activity(settings.vadThreshold);
    this.leakWatch = new LeakWatch(() => deps.film());
    this.ice = new IceLease(
      () => deps.iceServers(),
      (config) => this.paths?.renew(config),
    );
    this.microphone = new Microphone(
      {
        changed: (track) => {
          this.paths?.setTrack(track);
          this.show({ hasMicrophone: track !== null, device: this.microphone.label });
          this.tellOwn();
        },
        tell: (text) => deps.tell(text),
        interrupted: (is) => {
          this.isInterrupted = is;
          if (!is) this.paths?.resume();
          this.tellOwn();
        },
      },
      settings,
    );
  }

  /** Call from a press: browsers play voices after one. Rejects with the reason of the server. */
  async join(): Promise<void> {
    if (this.view.status !== 'out') return;
    const { joinMuted } = this.deps.settings();
    this.show({ ...OUT, status: 'joining', muted: joinMuted });
    if (!joinMuted) void this.microphone.start();
    try {
      await this.enter();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  leave(): void {
    if (this.view.status === 'out') return;
    const { sessionId } = this.paths ?? {};
    this.end();
    if (sessionId) void this.deps.leave(sessionId).catch(() => undefined);
  }

  async setMuted(muted: boolean): Promise<void> {
    if (this.view.status === 'out') return;
    this.show({ muted });
    if (muted) this.microphone.rest();
    else await this.microphone.start();
    this.tellOwn();
  }

  press(): void {
    if (this.view.status !== 'in') return;
    if (this.view.muted) void this.setMuted(false);
    else void this.microphone.start();
    this.talk.press(this.deps.nowMs());
    this.tick();
  }

  release(): void {
    this.talk.release(this.deps.nowMs());
    this.tick();
  }

  letGo(): void {
    this.talk.letGo();
    this.tick();
  }

  /** The settings of this device changed. */
  apply(settings: VoiceSettings): void {
    this.activity.sensitivity = settings.vadThreshold;
    void this.microphone.setWishes(settings);
    this.paths?.setOutput(settings.outputId);
    this.paths?.applyLoudness();
    this.tellOwn();
  }

  /** The voice chat as the server has it. */
  listed(room: VoiceRoomJson): void {
    if (this.view.status !== 'in' || !this.paths) return;
    const { participants = [] } = room;
    const own = participants.find((one) => one.sessionId === this.paths?.sessionId);
    if (!own) {
      if (this.isListed) this.takenOut(participants);
      return;
    }
    this.isListed = true;
    const mutedBy = own.muted !== undefined;
    if (mutedBy !== this.mutedBy)
      this.deps.tell(mutedBy ? `${own.muted?.byName ?? 'A moderator'} muted you.` : 'You can be heard again.');
    this.mutedBy = mutedBy;
    this.paths.setRoom(room);
  }

  /** A signal of another session. */
  signalled(from: string, payload: string): void {
    this.paths?.receive(from, payload);
  }

  /** The room's connection is there again, as another session. */
  reconnected(): void {
    if (this.view.status === 'in' && this.paths && this.paths.sessionId !== this.deps.sessionId()) void this.again();
  }

  /** Another network, or another way into it. */
  networkChanged(): void {
    this.paths?.restart();
  }

  devicesChanged(): void {
    this.paths?.resume();
  }

  /** A tap: voices may play now. */
  unlock(): void {
    this.paths?.resume();
    this.show({ needsTap: false });
  }

  /** The person has read that they need headphones. */
  acceptLeak(): void {
    this.show({ leaks: false });
  }

  levelDb(): number {
    return this.microphone.levelDb();
  }

  thresholdDb(): number {
    return this.activity.thresholdDb;
  }

  destroy(): void {
    this.leave();
    this.microphone.stop();
  }

  private async enter(): Promise<void> {
    this.attempt += 1;
    const { attempt } = this;
    const ice = await this.ice.fresh();
    const sessionId = this.deps.sessionId();
    const paths = new Paths(
      {
        iceServers: async () => (await this.ice.fresh()).config,
        signal: (to, payload) => this.deps.signal(to, payload),
        loudness: (subjectId) => this.deps.loudness(subjectId),
        connect: (offer) => this.deps.connect(offer),
        refusal: (error) => this.deps.refusalOfSfu(error),
        lost: () => {
          if (paths === this.paths) void this.again();
        },
        blocked: () => this.show({ needsTap: true }),
        changed: () => this.show({ lines: paths.lines(), privacy: paths.privacy }),
        nowMs: () => this.deps.nowMs(),
      },
      sessionId,
      ice.config,
    );
    // Signals of others may come before the answer of the server.
    this.paths?.close();
    this.paths = paths;
    this.isListed = false;
    paths.setOutput(this.deps.settings().outputId);
    const own = this.own();
    const room = await this.deps.join(own);
    if (attempt !== this.attempt) return;
    this.show({ status: 'in', hasRelay: ice.hasRelay });
    this.told = JSON.stringify(own);
    // The microphone may have come meanwhile.
    this.tellOwn();
    paths.setTrack(this.microphone.track);
    this.listed(room);
    clearInterval(this.timer);
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  private async again(): Promise<void> {
    clearTimeout(this.rejoin);
    try {
      await this.enter();
    } catch (error) {
      if (this.view.status !== 'in') return;
      const why = this.deps.refusal(error);
      if (why === null) {
        this.rejoin = setTimeout(() => void this.again(), REJOIN_AFTER_MS);
        return;
      }
      this.end();
      this.deps.tell(why);
    }
  }

  /** The server took this session out of voice. */
  private takenOut(participants: readonly VoiceParticipantJson[]): void {
    this.isListed = false;
    if (participants.some((one) => one.subjectId === this.deps.subjectId())) {
      this.end();
      this.deps.tell('You talk with another device now.');
      return;
    }
    this.paths?.close();
    this.silence();
    if (this.deps.mayTalk()) {
      // voice-svc may have restarted, or the permission is about to arrive.
      this.rejoin = setTimeout(() => void this.again(), REJOIN_AFTER_MS);
    } else {
      this.end();
      this.deps.tell(NO_LONGER);
    }
  }

  private end(): void {
    this.attempt += 1;
    clearInterval(this.timer);
    clearTimeout(this.rejoin);
    this.ice.end();
    this.paths?.close();
    this.paths = null;
    this.silence();
    this.microphone.stop();
    this.isListed = false;
    this.mutedBy = false;
    this.leakWatch.end();
    this.deps.setFilmGain(1);
    this.show(OUT);
  }

  private silence(): void {
    this.talk.letGo();
    if (this.talk.state === 'locked') this.talk.press(this.deps.nowMs());
    this.microphone.setOpen(false);
  }

  private own(): VoiceSelfJson {
    const { muted, hasMicrophone } = this.view;
    const { mode } = this.deps.settings();
    return {
      mode: mode === 'voice_activity' ? 'VOICE_MODE_ACTIVITY' : 'VOICE_MODE_PUSH_TO_TALK',
      ...(muted && { muted }),
      ...(!hasMicrophone && !muted && { listening: true }),
      ...(this.isInterrupted && { interrupted: true }),
    };
  }

  private tellOwn(): void {
    if (this.view.status !== 'in') return;
    const own = this.own();
    const text = JSON.stringify(own);
    if (text === this.told) return;
    this.told = text;
    void this.deps.update(own).catch(() => {
      this.told = '';
    });
  }

  private tick(): void {
    const { paths } = this;
    if (!paths || this.view.status !== 'in') return;
    const nowMs = this.deps.nowMs();
    if (this.talk.expire(nowMs))
      this.deps.tell(
        `The microphone was open for ${MAX_HELD_MS / 60_000} minutes and is closed now. Press again to talk.`,
      );
    const open = this.isOpen(nowMs);
    if (open !== this.view.open) this.microphone.setOpen(open);
    const others = paths.speaking();
    this.deps.setFilmGain(this.ducker.gain(duckDepthDb(this.deps.settings(), others), nowMs));
    this.watchLeakage(others.length === 0, nowMs);
    const isTalking = open && this.microphone.levelDb() > -50;
    const speaking = isTalking ? [this.deps.subjectId(), ...others] : others;
    const isSame =
      speaking.length === this.view.speaking.length && speaking.every((id, n) => id === this.view.speaking[n]);
    if (open !== this.view.open || this.talk.state !== this.view.talk || !isSame)
      this.show({ open, talk: this.talk.state, ...(!isSame && { speaking }) });
    if (nowMs - this.checkedMs >= CHECK_EVERY_MS) {
      this.checkedMs = nowMs;
      paths.check();
    }
    if (nowMs - this.lookedMs >= LOOK_EVERY_MS) {
      this.lookedMs = nowMs;
      void this.look(paths, nowMs);
    }
  }

  private watchLeakage(isQuiet: boolean, nowMs: number): void {
    if (!this.deps.settings().asksHeadphones) return;
    if (this.leakWatch.leaks(this.microphone.levelDb(), isQuiet, nowMs)) this.show({ leaks: true });
  }

  private isOpen(nowMs: number): boolean {
    if (this.view.muted || this.mutedBy || !this.microphone.isThere) return false;
    if (this.deps.settings().mode === 'push_to_talk') return this.talk.state !== 'closed';
    return this.activity.isOpen(this.microphone.levelDb(), nowMs);
  }

  private async look(paths: Paths, nowMs: number): Promise<void> {
    const connections = await paths.measure();
    if (paths !== this.paths) return;
    this.show({ lines: paths.lines(), privacy: paths.privacy });
    const due = this.reports.add(connections, nowMs);
    if (due) await this.deps.report(due).catch(() => undefined);
  }

  private show(part: Partial<VoiceView>): void {
    this.view = { ...this.view, ...part };
    this.deps.changed(this.view);
  }
}
