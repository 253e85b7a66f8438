// Stand-ins of the three services' players, which tests cannot reach. They behave as documented: they answer only after a
// greeting, report their time late and rarely, play at listed rates, show advertisements, fail, and are blocked by the
// browser. They cannot prove undocumented behaviour of the real players.
import { World } from '../world.testkit';
import { Film, type Habits, USUAL } from './film.testkit';
import type { Opening } from './frame';

/** What they have in common: a page that loads, messages in both directions, and actions of a person. */
export abstract class StandIn {
  readonly film: Film;
  readonly said: string[] = [];
  readonly addresses: URL[] = [];
  focused = false;
  muted = false;
  /** Busy: loses the commands that it gets. */
  deaf = false;
  protected readonly habits: Habits;
  protected tapped = false;
  private opening: Opening | null = null;

  constructor(
    protected readonly world: World,
    habits: Partial<Habits> = {},
  ) {
    this.habits = { ...USUAL, ...habits };
    this.film = new Film(world, this.habits, () => this.changed());
    world.every(this.habits.tellEveryMs, () => this.tick());
  }

  readonly open = (opening: Opening) => {
    this.opening = opening;
    this.addresses.push(new URL(opening.address));
    this.world.after(this.habits.loadMs, () => {
      if (this.opening !== opening) return;
      opening.arrived();
      this.loaded();
    });
    return {
      post: (message: unknown) => {
        this.said.push(typeof message === 'string' ? message : JSON.stringify(message));
        if (!this.habits.silent && !this.deaf) this.film.carry(() => this.told(message));
      },
      hasFocus: () => this.focused,
      close: () => {
        this.opening = null;
      },
    };
  };

  get isOpen(): boolean {
    return this.opening !== null;
  }

  /** A person's action in the player. */
  touch(what: 'play' | 'pause'): void {
    this.focused = true;
    this.tapped = true;
    if (what === 'play') this.film.play();
    else this.film.pause();
  }

  /** A seek in the player's own bar. */
  jump(toMs: number): void {
    this.focused = true;
    this.film.seek(toMs, this.film.state === 'paused' ? 'paused' : 'playing');
  }

  /** A message as the frame would send it. */
  send(message: unknown): void {
    const { opening } = this;
    if (opening && !this.habits.silent) this.film.carry(() => opening === this.opening && opening.heard(message));
  }

  protected get mayStart(): boolean {
    return this.tapped || (!this.habits.blocked && (this.muted || !this.habits.soundBlocked));
  }

  protected loaded(): void {
    // Most players wait for a greeting.
  }
  protected abstract told(message: unknown): void;
  protected abstract changed(): void;
  protected abstract tick(): void;
}

export class YouTubeStandIn extends StandIn {
  private readonly subscribed = new Set<string>();
  private readonly states = { cued: 5, ad: -1, starting: 3, playing: 1, paused: 2, ended: 0 } as const;
  private isReady = false;

  protected override loaded(): void {
    // Its script takes a moment longer than its page, so the first greetings are lost.
    this.world.after(400, () => {
      this.isReady = true;
    });
  }

  protected told(message: unknown): void {
    const {
      event,
      func,
      args = [],
    } = JSON.parse(String(message)) as { event: string; func?: string; args?: unknown[] };
    if (!this.isReady) return;
    if (event === 'listening') return this.introduce();
    const [first, second] = args;
    switch (func) {
      case 'addEventListener':
        this.subscribed.add(String(first));
        if (first === 'onError' && this.habits.refusal !== null) this.tell('onError', this.habits.refusal);
        return;
      case 'playVideo':
        if (this.habits.refusal !== null) return this.tell('onError', this.habits.refusal);
        return this.mayStart ? this.film.play() : this.tell('onAutoplayBlocked', null);
      case 'mute':
      case 'unMute':
        this.muted = func === 'mute';
        return;
      case 'pauseVideo':
        return this.film.pause();
      case 'seekTo':
        // A paused player stays paused; every other state becomes playing.
        return this.film.seek(
          Number(first) * 1000,
          this.film.state === 'paused' && second === true ? 'paused' : 'playing',
        );
      case 'cueVideoById':
        return this.film.cue((first as { startSeconds: number }).startSeconds * 1000);
      case 'setPlaybackRate':
        return this.setRate(Number(first));
      default:
    }
  }

  protected changed(): void {
    if (!this.isReady) return;
    this.tell('onStateChange', this.states[this.film.state]);
    this.deliver({ playerState: this.states[this.film.state], ...this.place() });
  }

  protected tick(): void {
    // During an advertisement its time stands still, and no message says why.
    if (this.film.state === 'playing') this.deliver({ ...this.place(), videoLoadedFraction: 0.4 });
  }

  private introduce(): void {
    const info = {
      apiInterface: ['playVideo'],
      playerState: this.states[this.film.state],
      duration: this.habits.durationMs / 1000,
      availablePlaybackRates: this.habits.rates,
      videoLoadedFraction: 0,
      currentTime: 0,
    };
    this.send(JSON.stringify({ event: 'initialDelivery', id: 1, channel: 'widget', info }));
    this.send(JSON.stringify({ event: 'onReady', id: 1, channel: 'widget', info: null }));
  }

  private place() {
    return {
      currentTime: this.film.positionMs() / 1000,
      currentTimeLastUpdated_: this.world.serverMs / 1000,
      duration: this.habits.durationMs / 1000,
    };
  }

  /** A rate that it does not have is rounded towards 1. */
  private setRate(rate: number): void {
    const between = this.habits.rates.filter((one) => (rate >= 1 ? one >= 1 && one <= rate : one <= 1 && one >= rate));
    this.film.setRate(rate >= 1 ? Math.max(1, ...between) : Math.min(1, ...between));
    this.tell('onPlaybackRateChange', this.film.rate);
    this.deliver({ playbackRate: this.film.rate });
  }

  private deliver(info: object): void {
    this.send(JSON.stringify({ event: 'infoDelivery', id: 1, channel: 'widget', info }));
  }

  private tell(event: string, info: unknown): void {
    if (this.subscribed.has(event)) this.send(JSON.stringify({ event, id: 1, channel: 'widget', info }));
  }
}

export class VimeoStandIn extends StandIn {
  private readonly subscribed = new Set<string>();
  private wasPlaying = false;
  /** The owner's plan has no speeds. */
  speedless = false;

  protected override loaded(): void {
    if (this.habits.refusal === null) this.send({ event: 'ready' });
    else this.refuse('ready', String(this.habits.refusal));
  }

  protected told(message: unknown): void {
    const { method, value } = message as { method: string; value?: unknown };
    if (this.habits.refusal !== null) return;
    switch (method) {
      case 'ping':
        return this.send({ method: 'ping' });
      case 'addEventListener':
        this.subscribed.add(String(value));
        return;
      case 'getDuration':
        return this.send({ method, value: this.habits.durationMs / 1000 });
      case 'getCurrentTime':
        return this.send({ method, value: this.film.positionMs() / 1000 });
      case 'play':
        if (!this.mayStart) return this.refuse('play', 'NotAllowedError');
        this.film.play();
        return;
      case 'setMuted':
        this.muted = value === true;
        return;
      case 'pause':
        return this.film.pause();
      case 'setCurrentTime': {
        const seconds = Number(value);
        this.tell('seeking', { seconds });
        const after = this.film.state === 'playing' || this.film.state === 'starting' ? 'playing' : 'paused';
        return this.film.seek(seconds * 1000, after, () => {
          this.tell('seeked', { seconds });
          this.send({ method, value: seconds });
        });
      }
      case 'setPlaybackRate':
        if (this.speedless) return this.refuse(method, 'Error');
        this.film.setRate(Number(value));
        return this.send({ method, value });
      default:
    }
  }

  protected changed(): void {
    const { state } = this.film;
    if (state === 'starting') this.tell('play', this.place());
    else if (state === 'playing') {
      this.tell('playing', this.place());
      if (!this.wasPlaying) this.send({ method: 'play' });
    } else if (state === 'paused') this.tell('pause', this.place());
    else if (state === 'ended') this.tell('ended', this.place());
    this.wasPlaying = state === 'playing';
  }

  protected tick(): void {
    if (this.film.state === 'playing') this.tell('timeupdate', this.place());
  }

  private place() {
    return {
      seconds: this.film.positionMs() / 1000,
      duration: this.habits.durationMs / 1000,
      percent: this.film.positionMs() / this.habits.durationMs,
    };
  }

  private refuse(method: string, name: string): void {
    this.send({ event: 'error', data: { method, name, message: 'refused' } });
  }

  private tell(event: string, data: object): void {
    if (this.subscribed.has(event)) this.send({ event, data });
  }
}

export class DailymotionStandIn extends StandIn {
  private before = 'cued';

  protected told(message: unknown): void {
    const { command, parameters = [] } = JSON.parse(String(message)) as { command: string; parameters?: unknown[] };
    switch (command) {
      case 'check':
        this.tell('apiready');
        this.tell('durationchange', { duration: this.habits.durationMs / 1000 });
        if (this.habits.refusal !== null) this.tell('error', { code: this.habits.refusal, message: 'refused' });
        return;
      case 'play':
        // A blocked start gets no answer.
        return this.mayStart ? this.film.play() : undefined;
      case 'muted':
        this.muted = parameters[0] === true;
        return;
      case 'pause':
        return this.film.pause();
      case 'seek': {
        const toMs = Number(parameters[0]) * 1000;
        this.tell('seeking', { time: toMs / 1000 });
        const after = this.film.state === 'playing' || this.film.state === 'starting' ? 'playing' : 'paused';
        return this.film.seek(toMs, after, () => this.tell('seeked', { time: toMs / 1000 }));
      }
      default:
    }
  }

  protected changed(): void {
    const { state } = this.film;
    if (this.before === 'ad') this.tell('ad_end');
    if (state === 'ad') this.tell('ad_start');
    if (state === 'starting') this.tell('play');
    if (state === 'playing' || state === 'ended') this.tell(state);
    if (state === 'paused') this.tell('pause');
    this.before = state;
  }

  protected tick(): void {
    if (this.film.state === 'playing') this.tell('timeupdate', { time: this.film.positionMs() / 1000 });
    else if (this.film.state === 'ad') this.tell('ad_timeupdate', { time: 3 });
  }

  private tell(event: string, more: Record<string, unknown> = {}): void {
    const query = new URLSearchParams({ event, id: this.addresses.at(-1)?.searchParams.get('id') ?? '' });
    for (const [key, value] of Object.entries(more)) query.set(key, String(value));
    this.send(query.toString());
  }
}

export const STAND_INS = { youtube: YouTubeStandIn, vimeo: VimeoStandIn, dailymotion: DailymotionStandIn };
