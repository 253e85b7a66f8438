// YouTube, by the messages of its IFrame Player API (enablejsapi=1). It answers `listening` with `initialDelivery`,
// then tells what changed by `infoDelivery`, its time about four times a second, each with when it was read.
import { type Dialect, type Fields, fields, finite, type Heard, msOf, type Phase, ratesOf, unpack } from './dialect';
import { SERVICES } from './services';

/** getPlayerState(). Unstarted (-1) after a start means an advertisement before the film. */
const PHASES: Readonly<Record<number, Phase>> = { [-1]: 'idle', 0: 'ended', 1: 'playing', 2: 'paused', 5: 'idle' };
const BUFFERING = 3;
const MAX_AGE_MS = 1_000;
/** Id in all messages; one is enough for one player in a frame. */
const ID = 1;

const FAILURES: Readonly<Record<number, string>> = {
  2: 'YouTube doesn’t know this video. Copy its link again.',
  5: 'YouTube’s player can’t play this video in this browser. Try another browser.',
  100: 'This video is private or was removed from YouTube. Choose another one.',
  101: 'This video’s owner doesn’t let other sites play it. Choose another one.',
  150: 'This video’s owner doesn’t let other sites play it. Choose another one.',
  153: 'YouTube refuses to play here because your browser hides where the video is embedded. Allow this site to send its referrer, then reload the page.',
};

function command(func: string, ...args: unknown[]): string {
  return JSON.stringify({ event: 'command', func, args, id: ID, channel: 'widget' });
}

export const youtube: Dialect = {
  tellsBlocked: true,
  tellsArrival: false,

  address({ videoId }, pageOrigin) {
    const query = new URLSearchParams({
      enablejsapi: '1',
      origin: pageOrigin,
      autoplay: '0',
      controls: '1',
      // The room has its own shortcuts, and its full screen includes the chat.
      disablekb: '1',
      fs: '0',
      iv_load_policy: '3',
      playsinline: '1',
      rel: '0',
    });
    return `${SERVICES.youtube.origin}/embed/${videoId}?${query}`;
  },

  greeting: () => [JSON.stringify({ event: 'listening', id: ID, channel: 'widget' })],

  subscriptions: () =>
    ['onStateChange', 'onError', 'onPlaybackRateChange', 'onAutoplayBlocked'].map((event) =>
      command('addEventListener', event),
    ),

  play: () => command('playVideo'),
  pause: () => command('pauseVideo'),

  seek(toMs, { videoId }, started) {
    // A seek would start a video that is only cued.
    return started
      ? command('seekTo', toMs / 1000, true)
      : command('cueVideoById', { videoId, startSeconds: toMs / 1000 });
  },

  rate: (rate) => command('setPlaybackRate', rate),

  volume: (volume, muted) => [command('setVolume', Math.round(volume * 100)), command(muted ? 'mute' : 'unMute')],

  read(message, nowEpochMs) {
    const said = unpack(message);
    if (!said || (said['id'] !== undefined && said['id'] !== ID)) return null;
    switch (said['event']) {
      case 'initialDelivery':
      case 'infoDelivery': {
        const info = fields(said['info']);
        return info && { ready: true, ...deliveryOf(info, nowEpochMs) };
      }
      case 'onReady':
      case 'alreadyInitialized':
        return { ready: true };
      case 'onStateChange':
        return phaseOf(said['info']);
      case 'onError':
        return { failure: failureOf(said['info']) };
      case 'onAutoplayBlocked':
        return { blocked: true };
      default:
        return null;
    }
  },
};

function deliveryOf(info: Fields, nowEpochMs: number): Heard {
  const heard: Heard = {};
  const positionMs = msOf(info['currentTime']);
  if (positionMs !== undefined) {
    heard.positionMs = positionMs;
    const readMs = msOf(info['currentTimeLastUpdated_']);
    heard.ageMs = readMs === undefined ? 0 : Math.max(0, Math.min(MAX_AGE_MS, nowEpochMs - readMs));
  }
  const durationMs = msOf(info['duration']);
  if (durationMs) heard.durationMs = durationMs;
  const loaded = finite(info['videoLoadedFraction']);
  if (loaded !== undefined && durationMs) heard.loadedToMs = Math.min(1, loaded) * durationMs;
  const rates = ratesOf(info['availablePlaybackRates']);
  if (rates) heard.rates = rates;
  return { ...heard, ...phaseOf(info['playerState']) };
}

function phaseOf(state: unknown): Heard {
  if (state === BUFFERING) return { buffering: true };
  const phase = typeof state === 'number' ? PHASES[state] : undefined;
  return phase ? { phase, buffering: false } : {};
}

function failureOf(code: unknown): string {
  const number = finite(typeof code === 'object' ? fields(code)?.['errorCode'] : code);
  return (
    (number === undefined ? undefined : FAILURES[number]) ??
    'YouTube’s player can’t play this video. It may be private, removed, or not allowed on other sites. Choose another one.'
  );
}
