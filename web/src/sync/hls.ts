// HLS by hls.js, and by the browser itself only where there is no MSE (iPhones). Some browsers claim native HLS and
// play it with neither exact seeks nor rates, so hls.js comes first.
import type Hls from 'hls.js';
import type { Detach } from './html5';
import type { Entry } from './player';

const NATIVE_TYPE = 'application/vnd.apple.mpegurl';
const MAX_RECOVERIES = 3;

export interface HlsSource {
  url: string;
  entry?: Entry | undefined;
}

export function attachHls(video: HTMLVideoElement, { url, entry }: HlsSource, fail: (reason: string) => void): Detach {
  let detached = false;
  let hls: Hls | null = null;

  async function attach(): Promise<void> {
    const { default: HlsPlayer } = await import('hls.js');
    if (detached) return;
    if (!HlsPlayer.isSupported()) {
      if (video.canPlayType(NATIVE_TYPE)) video.src = url;
      else fail('This browser can’t play HLS. Try a recent Chrome, Firefox, Edge or Safari.');
      return;
    }
    const player = new HlsPlayer({
      // Speed and seeks are the sync engine's, never the player's own catch-up.
      maxLiveSyncPlaybackRate: 1,
      maxBufferLength: 30,
      backBufferLength: 60,
      autoStartLoad: false,
      enableWorker: true,
    });
    hls = player;
    // The segment to begin with. By now it is more likely to be known than when the manifest was asked for.
    player.on(HlsPlayer.Events.MANIFEST_PARSED, () => player.startLoad((entry?.() ?? 0) / 1000));
    let recoveries = 0;
    player.on(HlsPlayer.Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      recoveries += 1;
      if (recoveries > MAX_RECOVERIES) {
        fail(`This stream can’t be played (${data.details}). Check its link, then add it again.`);
        player.destroy();
      } else if (data.type === HlsPlayer.ErrorTypes.MEDIA_ERROR) {
        player.recoverMediaError();
      } else if (
        data.type === HlsPlayer.ErrorTypes.NETWORK_ERROR &&
        data.details !== HlsPlayer.ErrorDetails.MANIFEST_LOAD_ERROR
      ) {
        player.startLoad();
      } else {
        fail(
          'This stream doesn’t load. Its host may be down, or may not let other sites play it (CORS). Try another link.',
        );
        player.destroy();
      }
    });
    player.loadSource(url);
    player.attachMedia(video);
  }

  attach().catch(() => {
    if (!detached) fail('The HLS player didn’t load. Reload the page.');
  });
  return () => {
    detached = true;
    hls?.destroy();
    video.removeAttribute('src');
    video.load();
  };
}
