// Vimeo, by the messages of its player.js: `{method, value}` to it, `{event, data}` and replies `{method, value}` from it.
import { type Dialect, fields, finite, type Heard, msOf, unpack } from './dialect';
import { SERVICES } from './services';

const EVENTS = [
  'play',
  'playing',
  'pause',
  'ended',
  'timeupdate',
  'progress',
  'seeked',
  'bufferstart',
  'bufferend',
  'durationchange',
  'error',
];

const FAILURES: Readonly<Record<string, string>> = {
  NotFoundError: 'This video is private or was removed from Vimeo. Choose another one.',
  PrivacyError: 'This video’s owner doesn’t let this site play it. Choose another one, or ask them to allow embedding.',
  PasswordError: 'This video needs a password, so it can’t play in a room. Choose another one.',
  UnsupportedError: 'Vimeo’s player can’t play this video in this browser. Try another browser.',
};

function call(method: string, value?: unknown): object {
  return value === undefined ? { method } : { method, value };
}

export const vimeo: Dialect = {
  tellsBlocked: true,
  tellsArrival: true,

  address({ videoId, hash }) {
    const query = new URLSearchParams({
      ...(hash ? { h: hash } : {}),
      // Do not track: no cookies and no statistics.
      dnt: '1',
      autopause: '0',
      playsinline: '1',
      keyboard: '0',
      pip: '0',
      title: '0',
      byline: '0',
      portrait: '0',
    });
    return `${SERVICES.vimeo.origin}/video/${videoId}?${query}`;
  },

  greeting: () => [call('ping')],

  subscriptions: () => [
    ...EVENTS.map((event) => call('addEventListener', event)),
    call('getDuration'),
    call('getCurrentTime'),
  ],

  play: () => call('play'),
  pause: () => call('pause'),
  seek: (toMs) => call('setCurrentTime', toMs / 1000),
  rate: (rate) => call('setPlaybackRate', rate),
  volume: (volume, muted) => [call('setVolume', volume), call('setMuted', muted)],

  read(message) {
    const said = unpack(message);
    if (!said) return null;
    if (typeof said['event'] === 'string') return eventOf(said['event'], said['data']);
    if (typeof said['method'] === 'string') return replyOf(said['method'], said['value']);
    return null;
  },
};

function eventOf(event: string, value: unknown): Heard | null {
  const data = fields(value) ?? {};
  const positionMs = msOf(data['seconds']);
  const durationMs = msOf(data['duration']) || undefined;
  const place: Heard = {};
  if (positionMs !== undefined) place.positionMs = positionMs;
  if (durationMs !== undefined) place.durationMs = durationMs;
  switch (event) {
    case 'ready':
      return { ready: true };
    // `play` is the request: the player may have to load first, or be blocked.
    case 'play':
    case 'bufferstart':
      return { ...place, buffering: true };
    case 'bufferend':
      return { ...place, buffering: false };
    case 'playing':
      return { ...place, phase: 'playing', buffering: false };
    case 'timeupdate':
    case 'durationchange':
      return place;
    case 'pause':
      return { ...place, phase: 'paused', buffering: false };
    case 'ended':
      return { ...place, phase: 'ended', buffering: false };
    // The position is the target of the seek, not the present one; `seeked` reports the arrival.
    case 'seeked':
      return { ...place, arrived: true };
    case 'progress':
      return positionMs === undefined ? null : { loadedToMs: positionMs };
    case 'error':
      return refusalOf(String(data['method'] ?? ''), String(data['name'] ?? ''));
    default:
      return null;
  }
}

function replyOf(method: string, value: unknown): Heard | null {
  switch (method) {
    case 'ping':
      return { ready: true };
    case 'play':
      return { phase: 'playing', buffering: false };
    case 'getDuration': {
      const durationMs = finite(value);
      return durationMs ? { durationMs: durationMs * 1000 } : null;
    }
    case 'setCurrentTime':
    case 'getCurrentTime': {
      const positionMs = msOf(value);
      if (positionMs === undefined) return null;
      return method === 'setCurrentTime' ? { positionMs, arrived: true } : { positionMs };
    }
    default:
      return null;
  }
}

/** The meaning of an error of one call. Only calls about the whole video make it fail. */
function refusalOf(method: string, name: string): Heard | null {
  if (name === 'NotAllowedError' && method === 'play') return { blocked: true };
  if (method === 'setPlaybackRate') return { rates: [1] };
  if (['ready', 'play', 'loadVideo', ''].includes(method)) {
    if (name === 'AbortError') return null;
    return {
      failure:
        FAILURES[name] ??
        'Vimeo’s player can’t play this video. It may be private, removed, or not allowed on other sites. Choose another one.',
    };
  }
  return null;
}
