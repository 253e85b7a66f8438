// Which player an item needs, and its source for that player.
import type { GetPlaybackInfoResponseJson } from '../../api/gen/syncwatch/media/v1/media_pb';
import type { EmbedServiceJson, EmbedSourceJson, ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { type EmbedDeps, EmbedPlayer } from '../../sync/iframe/embedPlayer';
import { framesIn } from '../../sync/iframe/frame';
import type { Embed, EmbedService } from '../../sync/iframe/services';
import type { MediaSource } from '../../sync/player';
import type { Timer } from '../../sync/timer';

const NAMES: Readonly<Partial<Record<EmbedServiceJson, EmbedService>>> = {
  EMBED_SERVICE_YOUTUBE: 'youtube',
  EMBED_SERVICE_VIMEO: 'vimeo',
  EMBED_SERVICE_DAILYMOTION: 'dailymotion',
};

function embedFrom(json: EmbedSourceJson | undefined): Embed | null {
  const service = json?.service && NAMES[json.service];
  return service ? { service, videoId: json.videoId ?? '', hash: json.hash ?? '' } : null;
}

/** Whose player an item needs; null: the page's own. */
export function serviceOf(item: ItemJson | undefined): EmbedService | null {
  return embedFrom(item?.source?.embed)?.service ?? null;
}

export function sourceFrom(info: GetPlaybackInfoResponseJson): MediaSource {
  const url = info.url ?? '';
  const embed = embedFrom(info.embed);
  if (embed) return { url, format: 'embed', embed };
  if (info.format === 'MEDIA_FORMAT_EMBED')
    throw new Error('This page is too old to play this video. Reload the page.');
  return { url, format: info.format === 'MEDIA_FORMAT_HLS' ? 'hls' : 'progressive' };
}

/** The service's own player, in this place of the page. */
export function embedPlayerIn(
  place: HTMLElement,
  timer: Timer,
  acts: Pick<EmbedDeps, 'pressed' | 'jumped' | 'unblocked'>,
): EmbedPlayer {
  return new EmbedPlayer({
    open: framesIn(place),
    timer,
    nowMs: () => performance.now(),
    epochMs: () => performance.timeOrigin + performance.now(),
    pageOrigin: window.location.origin,
    ...acts,
  });
}

/** Opens players of other sites in an element of this page. */
export { framesIn } from '../../sync/iframe/frame';
export { type EmbedService, limits as limitsOf, SERVICES } from '../../sync/iframe/services';
export { readYouTubeList, youTubeListIn } from '../../sync/iframe/youtubeList';
