// The videos of a YouTube playlist, as far as YouTube's own player tells them (up to 200): the player that is embedded with
// `list` names them in its deliveries. Nothing else is asked of YouTube.
import { fields, unpack } from './dialect';
import type { OpenChannel } from './frame';
import { SERVICES } from './services';

const MAX_VIDEOS = 200;
const VIDEO_ID = /^[\w-]{11}$/;
const LIST_ID = /^[\w-]{12,64}$/;
const ASK_EVERY_MS = 500;
const ANSWER_WITHIN_MS = 15_000;

/** The id of the playlist of a link to a playlist; null for any other link, also for one to a video of a playlist. */
export function youTubeListIn(link: string): string | null {
  const text = /^https?:\/\//i.test(link) ? link : `https://${link}`;
  if (!URL.canParse(text)) return null;
  const { hostname, pathname, searchParams } = new URL(text);
  if (!/^(www\.|m\.|music\.)?youtube\.com$/i.test(hostname) || pathname !== '/playlist') return null;
  const id = searchParams.get('list') ?? '';
  return LIST_ID.test(id) ? id : null;
}

/** Rejects with a message for people when the player does not tell them. `signal` ends it. */
export function readYouTubeList(open: OpenChannel, listId: string, signal: AbortSignal): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const query = new URLSearchParams({
      list: listId,
      enablejsapi: '1',
      origin: window.location.origin,
      autoplay: '0',
    });
    const greet = () => channel.post(JSON.stringify({ event: 'listening', id: 1, channel: 'widget' }));
    const channel = open({
      address: `${SERVICES.youtube.origin}/embed/videoseries?${query}`,
      title: 'YouTube player',
      origin: SERVICES.youtube.origin,
      arrived: greet,
      heard: (message) => {
        const ids = videosOf(message);
        if (ids.length > 0) end(() => resolve(ids));
      },
    });
    const asking = setInterval(greet, ASK_EVERY_MS);
    const limit = setTimeout(
      () =>
        end(() =>
          reject(
            new Error(
              'YouTube’s player doesn’t show the videos of this playlist. It may be private or empty. Paste the links of its videos instead.',
            ),
          ),
        ),
      ANSWER_WITHIN_MS,
    );
    const end = (then: () => void) => {
      clearInterval(asking);
      clearTimeout(limit);
      signal.removeEventListener('abort', aborted);
      channel.close();
      then();
    };
    const aborted = () => end(() => reject(signal.reason));
    signal.addEventListener('abort', aborted);
  });
}

/** The ids that a delivery of the player names. */
export function videosOf(message: unknown): string[] {
  const said = unpack(message);
  if (said?.['event'] !== 'initialDelivery' && said?.['event'] !== 'infoDelivery') return [];
  const list = fields(said['info'])?.['playlist'];
  if (!Array.isArray(list)) return [];
  return list.filter((id): id is string => typeof id === 'string' && VIDEO_ID.test(id)).slice(0, MAX_VIDEOS);
}
