// Dailymotion, by the messages of its SDK: JSON commands to the player, query strings from it. In February 2026 Dailymotion
// closed this interface for embeds without an account. Its Web SDK would need a third-party script in our page and an id
// of the operator's. So where the player does not answer, the adapter reports that.
import { type Dialect, fields, type Heard, msOf } from './dialect';
import { SERVICES } from './services';

const ID = 'syncwatch';
const MAX_MESSAGE = 4_096;

const FAILURES: Readonly<Record<string, string>> = {
  DM002: 'This video was removed from Dailymotion. Choose another one.',
  DM004: 'This video was removed from Dailymotion for copyright reasons. Choose another one.',
  DM005: 'Dailymotion removed this video. Choose another one.',
  DM007: 'This video isn’t available in your country. Choose another one.',
  DM010: 'This video is private on Dailymotion. Choose another one.',
  DM014: 'This video needs a password, so it can’t play in a room. Choose another one.',
};

function command(name: string, ...parameters: unknown[]): string {
  return JSON.stringify({ command: name, parameters });
}

export const dailymotion: Dialect = {
  tellsBlocked: false,
  tellsArrival: true,

  address({ videoId }, pageOrigin) {
    const query = new URLSearchParams({ video: videoId, api: 'postMessage', id: ID, origin: pageOrigin });
    return `${SERVICES.dailymotion.origin}/player.html?${query}`;
  },

  // Requests `apiready` again, which may have been sent before there was a listener.
  greeting: () => [command('check')],
  subscriptions: () => [],
  play: () => command('play'),
  pause: () => command('pause'),
  seek: (toMs) => command('seek', toMs / 1000),
  rate: () => null,
  volume: (volume, muted) => [command('volume', volume), command('muted', muted)],

  read(message) {
    const said = parse(message);
    if (!said) return null;
    const at = msOf(said('time'));
    const place: Heard = at === undefined ? {} : { positionMs: at };
    switch (said('event')) {
      case 'apiready':
        return { ready: true };
      case 'timeupdate':
        return place;
      case 'durationchange': {
        const durationMs = msOf(said('duration'));
        return durationMs ? { durationMs } : null;
      }
      case 'progress':
        return at === undefined ? null : { loadedToMs: at };
      // `play` is the request to play; `playing` tells that it plays.
      case 'play':
      case 'waiting':
        return { buffering: true };
      case 'playing':
        return { phase: 'playing', buffering: false };
      case 'pause':
        return { phase: 'paused', buffering: false };
      case 'rebuffer':
        return { buffering: said('rebuffering') === 'true' };
      case 'ended':
      case 'end':
        return { phase: 'ended', buffering: false };
      // `seeking` has the position that it seeks to, not the present one.
      case 'seeked':
        return { ...place, arrived: true };
      case 'ad_start':
      case 'ad_play':
        return { ad: true };
      // The time in these messages is the advertisement's.
      case 'ad_timeupdate':
        return { ad: true };
      case 'ad_end':
        return { ad: false };
      case 'error':
        return {
          failure:
            FAILURES[said('code') ?? ''] ??
            'Dailymotion’s player can’t play this video. It may be private, removed, or not allowed on other sites. Choose another one.',
        };
      default:
        return null;
    }
  },
};

/** Reads one field of a message, as text. */
function parse(message: unknown): ((name: string) => string | undefined) | null {
  if (typeof message === 'string') {
    if (message.length > MAX_MESSAGE) return null;
    const query = new URLSearchParams(message);
    if (query.has('id') && query.get('id') !== ID) return null;
    return (name) => query.get(name) ?? undefined;
  }
  const object = fields(message);
  if (!object || (object['id'] !== undefined && object['id'] !== ID)) return null;
  return (name) => {
    const value = object[name];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;
  };
}
