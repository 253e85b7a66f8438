// The player of a service in a frame, as a Player. Its messages are late and partial; this class keeps the last state in
// the terms of the engine. The dialect translates the messages.
import type { MediaSource, Player, PlayerSnapshot } from '../player';
import type { Timer } from '../timer';
import { dailymotion } from './dailymotion';
import type { Dialect, Phase } from './dialect';
import type { Channel, OpenChannel } from './frame';
import { PendingPlay } from './pendingPlay';
import { PendingSeek } from './pendingSeek';
import { Presses } from './presses';
import { type Embed, type EmbedService, SERVICES } from './services';
import { vimeo } from './vimeo';
import { youtube } from './youtube';

export interface EmbedDeps {
  open: OpenChannel;
  timer: Timer;
  nowMs(): number;
  /** Unix time in ms, the clock by which players date their messages. */
  epochMs(): number;
  pageOrigin: string;
  /** Someone pressed the player's own button, or jumped in its own bar. */
  pressed(what: 'play' | 'pause'): void;
  jumped(toMs: number): void;
  /** A start that the browser blocked was made by a tap in the player. */
  unblocked(): void;
}

const DIALECTS: Readonly<Record<EmbedService, Dialect>> = { youtube, vimeo, dailymotion };
const GREET_EVERY_MS = 250;
const ANSWER_WITHIN_MS = 10_000;
const ARRIVE_WITHIN_MS = 20_000;
/** A player that plays while its time stands still this long shows something else, most likely an advertisement. */
const FROZEN_AFTER_MS = 1_500;
const NEAR_END_MS = 1_000;
/** A start that takes longer counts as delayed. */
const START_WITHIN_MS = 2_000;
/** A start counts as blocked after this many attempts of this long. */
const PLAY_TRIES = 2;
const PLAY_AGAIN_AFTER_MS = 2_000;
/** A seek in the player's own bar pauses it for less than this. */
const MEANT_AFTER_MS = 400;
/** A jump: a distance from the expected position that the delay of messages does not explain. */
const JUMP_MS = 3_000;

export class EmbedPlayer implements Player {
  private embed: Embed | null = null;
  private channel: Channel | null = null;
  private cancels: (() => void)[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly starting = new PendingPlay();
  private answered = false;
  private wanted: 'playing' | 'paused' = 'paused';
  private phase: Phase = 'idle';
  private buffering = false;
  private started = false;
  private blocked = false;
  private ad = false;
  private positionMs = 0;
  private durationMs: number | null = null;
  private loadedToMs = 0;
  private movedAtMs = 0;
  private commandedAtMs = -Infinity;
  private presses = new Presses();
  private seeking: PendingSeek | null = null;
  private failure: string | null = null;
  private allowed: readonly number[] | null = null;
  private askedRate = 1;
  private rate = 1;
  private loudness = { volume: 1, muted: false };
  private silenced = false;

  constructor(private readonly deps: EmbedDeps) {}

  get rates(): readonly number[] | null {
    return this.allowed;
  }

  load({ embed }: MediaSource): void {
    this.unload();
    if (!embed) {
      this.fail('This item has no video. Remove it from the playlist, then add it again.');
      return;
    }
    const { name, origin, rates } = SERVICES[embed.service];
    this.embed = embed;
    this.allowed = rates;
    this.channel = this.deps.open({
      address: this.dialect(embed).address(embed, this.deps.pageOrigin),
      title: `${name} player`,
      origin,
      arrived: () => this.greet(embed),
      heard: (message) => this.hear(embed, message),
    });
    this.later(ARRIVE_WITHIN_MS, () => {
      if (!this.answered)
        this.fail(
          `${name}’s player doesn’t load. Check that neither your network nor a browser extension blocks ${name}, then try again.`,
        );
    });
  }

  unload(): void {
    for (const cancel of this.cancels) cancel();
    this.cancels = [];
    this.channel?.close();
    this.channel = null;
    this.embed = null;
    this.starting.abandon();
    this.answered = false;
    this.wanted = 'paused';
    this.phase = 'idle';
    this.buffering = false;
    this.started = false;
    this.blocked = false;
    this.ad = false;
    this.positionMs = 0;
    this.durationMs = null;
    this.loadedToMs = 0;
    this.presses = new Presses();
    this.seeking = null;
    this.failure = null;
    this.allowed = null;
    this.rate = 1;
  }

  play(): Promise<void> {
    this.starting.abandon();
    const { embed } = this;
    if (!embed || this.failure)
      return Promise.reject(new DOMException('there is nothing to play', 'InvalidStateError'));
    this.wanted = 'playing';
    this.blocked = false;
    this.say((dialect) => [dialect.play()]);
    if (this.phase === 'playing') return Promise.resolve();
    const { promise, token } = this.starting.begin();
    this.insist(token, PLAY_TRIES - 1);
    return promise;
  }

  pause(): void {
    this.wanted = 'paused';
    this.starting.abandon();
    this.say((dialect) => [dialect.pause()]);
    this.tell();
  }

  seekTo(positionMs: number): void {
    const toMs = Math.max(0, Math.min(positionMs, this.durationMs ?? Infinity));
    const nowMs = this.deps.nowMs();
    const fromMs = this.expectedMs(nowMs);
    const atEnd = this.phase === 'ended' && this.durationMs !== null && toMs >= this.durationMs - NEAR_END_MS;
    this.positionMs = toMs;
    // A player at its end would start again if it were sent there.
    if (atEnd) return;
    const { embed } = this;
    if (!embed) return;
    const moves = this.started || this.starting.isPending;
    this.say((dialect) => [dialect.seek(toMs, embed, moves)]);
    if (moves) {
      this.seeking = new PendingSeek({ fromMs, toMs, sinceMs: nowMs, rate: this.rate });
      this.later(PendingSeek.withinMs, () => this.tell());
    }
    this.tell();
  }

  setRate(rate: number): void {
    this.askedRate = rate;
    const nearest = this.nearest(rate);
    if (nearest === this.rate || !this.answered) return;
    this.rate = nearest;
    this.say((dialect) => [dialect.rate(nearest)], 'quietly');
  }

  setVolume(volume: number, muted: boolean): void {
    this.loudness = { volume, muted };
    this.applyVolume();
  }

  restoreSound(): void {
    this.silenced = false;
    this.applyVolume();
  }

  snapshot(): PlayerSnapshot {
    const nowMs = this.deps.nowMs();
    const held = this.presses.isHeld(nowMs);
    // Someone seeked in the player: leave it there until the room had time to follow.
    const seeking = held || this.seeking?.isAwaited(nowMs) === true;
    return {
      loaded: this.answered && this.failure === null,
      currentMs: this.positionMs,
      durationMs: this.durationMs,
      bufferedAheadMs: Math.max(0, this.loadedToMs - this.positionMs),
      paused: this.wanted === 'paused' || (this.phase === 'paused' && !this.starting.isPending && !this.ad && !held),
      seeking,
      ready: this.answered && !seeking && !this.ad && !this.heldUp(nowMs),
      ended: this.phase === 'ended',
      failure: this.failure,
      silenced: this.silenced,
    };
  }

  /** These players report no frames. */
  onFrame(): () => void {
    return () => undefined;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  destroy(): void {
    this.listeners.clear();
    this.unload();
  }

  private dialect(embed: Embed): Dialect {
    return DIALECTS[embed.service];
  }

  private greet(embed: Embed): void {
    if (this.answered || this.embed !== embed) return;
    const dialect = this.dialect(embed);
    const greeting = () => {
      if (!this.answered) for (const message of dialect.greeting()) this.channel?.post(message);
    };
    greeting();
    const stop = this.deps.timer.every(GREET_EVERY_MS, greeting);
    this.cancels.push(stop);
    this.later(ANSWER_WITHIN_MS, () => {
      stop();
      if (!this.answered) this.fail(silence(embed.service));
    });
  }

  private hear(embed: Embed, message: unknown): void {
    if (this.embed !== embed) return;
    const heard = this.dialect(embed).read(message, this.deps.epochMs());
    if (!heard) return;
    if (heard.failure !== undefined) return this.fail(heard.failure);
    if (heard.ready) this.meet();
    if (!this.answered) return;
    if (heard.rates) this.allow(heard.rates);
    if (heard.durationMs !== undefined) this.durationMs = heard.durationMs;
    if (heard.loadedToMs !== undefined) this.loadedToMs = heard.loadedToMs;
    if (heard.ad !== undefined) this.ad = heard.ad;
    if (heard.arrived) this.seeking = null;
    if (heard.buffering !== undefined) this.buffering = heard.buffering;
    if (heard.phase) this.enter(heard.phase);
    if (heard.positionMs !== undefined) this.arriveAt(embed, heard.positionMs, heard.ageMs ?? 0);
    if (heard.blocked && !this.startSilently()) this.block();
    this.tell();
  }

  private meet(): void {
    if (this.answered) return;
    this.answered = true;
    this.say((dialect) => dialect.subscriptions(), 'quietly');
    this.applyVolume();
    this.setRate(this.askedRate);
  }

  private allow(rates: readonly number[]): void {
    this.allowed = rates;
    // The player rejected the rate: it plays on as before.
    if (!rates.includes(this.rate)) this.rate = this.nearest(1);
  }

  private nearest(rate: number): number {
    return (this.allowed ?? [1]).reduce((best, one) => (Math.abs(one - rate) < Math.abs(best - rate) ? one : best), 1);
  }

  private enter(phase: Phase): void {
    const before = this.phase;
    const nowMs = this.deps.nowMs();
    const unasked = this.presses.isPress(nowMs, this.channel?.hasFocus() === true);
    this.phase = phase;
    if (phase === this.wanted) this.presses.done();
    if (phase === 'playing') {
      if (before !== 'playing') this.movedAtMs = nowMs;
      this.started = true;
      this.starting.succeed();
      if (this.blocked) {
        this.blocked = false;
        this.deps.unblocked();
      } else if (this.wanted === 'paused' && !this.ad) {
        if (unasked && before !== 'playing') this.deps.pressed('play');
        this.say((dialect) => [dialect.pause()]);
      }
    } else if (phase === 'paused' && before === 'playing' && this.wanted === 'playing' && unasked) {
      this.presses.hold(nowMs);
      this.later(MEANT_AFTER_MS, () => {
        if (this.phase === 'paused' && this.wanted === 'playing' && !this.buffering) this.deps.pressed('pause');
      });
    }
  }

  private arriveAt(embed: Embed, positionMs: number, ageMs: number): void {
    // Before the first start it may report position 0, whatever position it got.
    if (!this.started) return;
    const nowMs = this.deps.nowMs();
    if (this.seeking) {
      const arrived = !this.dialect(embed).tellsArrival && this.seeking.hasArrived(positionMs, nowMs - ageMs);
      if (this.seeking.isAwaited(nowMs) && !arrived) return;
      this.seeking = null;
    }
    const here = positionMs + (this.phase === 'playing' ? ageMs * this.rate : 0);
    const jumped = Math.abs(here - this.expectedMs(nowMs)) > JUMP_MS && Math.abs(here - this.positionMs) > JUMP_MS;
    if (here !== this.positionMs) this.movedAtMs = nowMs;
    this.positionMs = here;
    if (
      jumped &&
      !this.ad &&
      this.phase !== 'ended' &&
      this.presses.isPress(nowMs, this.channel?.hasFocus() === true)
    ) {
      this.presses.hold(nowMs);
      this.deps.jumped(here);
    }
  }

  private expectedMs(nowMs: number): number {
    return this.positionMs + (this.phase === 'playing' ? (nowMs - this.movedAtMs) * this.rate : 0);
  }

  /** Stands still although it should play: for lack of data, or because of an advertisement that it does not report. */
  private heldUp(nowMs: number): boolean {
    if (this.wanted === 'paused') return this.buffering;
    if (this.starting.isPending && nowMs - this.commandedAtMs < START_WITHIN_MS) return false;
    const untold = this.embed !== null && SERVICES[this.embed.service].ads === 'not told';
    const frozen = untold && this.phase === 'playing' && nowMs - this.movedAtMs > FROZEN_AFTER_MS;
    return this.buffering || frozen || this.phase === 'idle';
  }

  /** Repeats the command, since busy players lose some. After several attempts the start counts as blocked. */
  private insist(token: object, triesLeft: number): void {
    this.later(PLAY_AGAIN_AFTER_MS, () => {
      if (!this.embed || !this.starting.isCurrent(token)) return;
      const awaitsAd = this.phase === 'idle' && this.dialect(this.embed).tellsBlocked;
      if (this.ad || this.buffering || awaitsAd) return this.insist(token, triesLeft);
      if (triesLeft === 0) {
        if (this.startSilently()) return this.insist(token, PLAY_TRIES - 1);
        this.block();
        return this.tell();
      }
      this.say((dialect) => [dialect.play()]);
      this.insist(token, triesLeft - 1);
    });
  }

  /** Tries the start again, muted. Returns false where it was muted already. */
  private startSilently(): boolean {
    if (this.silenced || this.loudness.muted || this.wanted !== 'playing' || this.phase === 'playing') return false;
    this.silenced = true;
    this.applyVolume();
    this.say((dialect) => [dialect.play()]);
    return true;
  }

  private applyVolume(): void {
    const { volume, muted } = this.loudness;
    this.say((dialect) => dialect.volume(volume, muted || this.silenced), 'quietly');
  }

  private block(): void {
    if (this.wanted !== 'playing' || this.phase === 'playing') return;
    this.wanted = 'paused';
    this.silenced = false;
    this.applyVolume();
    this.blocked = true;
    this.starting.refuse(new DOMException('a tap is needed before this player may start', 'NotAllowedError'));
  }

  private fail(reason: string): void {
    this.failure ??= reason;
    this.starting.refuse(new DOMException(reason, 'NotSupportedError'));
    this.tell();
  }

  private say(words: (dialect: Dialect) => unknown[], how: 'as a command' | 'quietly' = 'as a command'): void {
    if (!this.embed || !this.answered) return;
    if (how === 'as a command') {
      this.commandedAtMs = this.deps.nowMs();
      this.presses.commanded(this.commandedAtMs);
    }
    for (const message of words(this.dialect(this.embed))) if (message !== null) this.channel?.post(message);
  }

  private later(ms: number, run: () => void): void {
    const cancel = this.deps.timer.after(ms, () => {
      this.cancels = this.cancels.filter((one) => one !== cancel);
      run();
    });
    this.cancels.push(cancel);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

function silence(service: EmbedService): string {
  const { name, steering } = SERVICES[service];
  if (steering === 'withdrawn')
    return `${name}’s player doesn’t take commands from this page, so this video can’t be kept in sync. Add a copy from another site, or the file itself.`;
  return `${name}’s player doesn’t answer. A content blocker may be in the way: allow ${name} on this page, then try again.`;
}
