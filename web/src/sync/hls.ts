// HLS by hls.js, and by the browser itself only where there is no MSE (iPhones). Some browsers claim native HLS and
// play it with neither exact seeks nor rates, so hls.js comes first.
import type Hls from 'hls.js';
import { HlsStreams } from './hlsStreams';
import type { Detach } from './html5';
import { patientLoader } from './patientLoader';
import type { Entry } from './player';
import { NO_WISHES, type StreamCue, type StreamMenu, type Streams, type StreamWishes } from './streams';

const NATIVE_TYPE = 'application/vnd.apple.mpegurl';
const MAX_RECOVERIES = 3;

/**
 * A segment that is still being made is answered with 503 after some seconds: the player asks again for minutes, while the
 * room decides whether it waits. The delays here are for answers that do not say when (`patientLoader.ts`).
 */
const SEGMENTS = {
  default: {
    maxTimeToFirstByteMs: 15_000,
    maxLoadTimeMs: 120_000,
    timeoutRetry: { maxNumRetry: 8, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 40, retryDelayMs: 1_000, maxRetryDelayMs: 4_000, backoff: 'linear' },
  },
} as const;

export interface HlsSource {
  url: string;
  entry?: Entry | undefined;
}

export interface AttachedHls {
  detach: Detach;
  streams: Streams;
}

interface Listener {
  fail(reason: string): void;
  /** The choices or the cues of the stream have changed. */
  changed(): void;
}

export function attachHls(
  video: HTMLVideoElement,
  { url, entry }: HlsSource,
  { fail, changed }: Listener,
): AttachedHls {
  let detached = false;
  let hls: Hls | null = null;
  const streams = new LateStreams();

  async function attach(): Promise<void> {
    const { default: HlsPlayer, XhrLoader } = await import('hls.js');
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
      fLoader: patientLoader(XhrLoader),
      fragLoadPolicy: SEGMENTS,
      // The page draws subtitles itself, those of streams like all others.
      renderTextTracksNatively: false,
    });
    hls = player;
    const choices = new HlsStreams(player, HlsPlayer.Events, url, changed);
    streams.arrive(choices);
    // The segment to begin with. By now it is more likely to be known than when the manifest was asked for.
    player.on(HlsPlayer.Events.MANIFEST_PARSED, () => {
      choices.begin();
      player.startLoad((entry?.() ?? 0) / 1000);
    });
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
  const detach = () => {
    detached = true;
    hls?.destroy();
    video.removeAttribute('src');
    video.load();
  };
  return { detach, streams };
}

/** The choices of a stream whose player is still being loaded. */
class LateStreams implements Streams {
  private wishes: StreamWishes = NO_WISHES;
  private streams: Streams | null = null;

  arrive(streams: Streams): void {
    this.streams = streams;
    streams.setWishes(this.wishes);
  }

  setWishes(wishes: StreamWishes): void {
    this.wishes = wishes;
    this.streams?.setWishes(wishes);
  }

  get menu(): StreamMenu | null {
    return this.streams?.menu ?? null;
  }

  get cues(): readonly StreamCue[] {
    return this.streams?.cues ?? [];
  }
}
