import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import { drawAmbient, HEIGHT, SETTLE_DRAWS, WIDTH } from './ambient';
import { afterFrames, calmWithoutGraphicsCard, type FrameCount, useEffects } from './effects';
import { useTheme } from './theme';

/** Returns what plays now: a video, a still picture for players of other sites, or null. */
export type LightSource = () => HTMLVideoElement | HTMLImageElement | null;

const useLight = create<{ source: LightSource | null }>(() => ({ source: null }));

/** Lights the page from this picture. Returns a function that ends it. */
export function lightFrom(source: LightSource): () => void {
  calmWithoutGraphicsCard();
  useLight.setState({ source });
  return () => {
    if (useLight.getState().source === source) useLight.setState({ source: null });
  };
}

const EVERY_MS = { full: 250, calm: 1_000 };
const COUNT_EVERY_MS = 5_000;

/** The light behind the whole page. */
export function Ambient() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const source = useLight((state) => state.source);
  const theme = useTheme((state) => state.theme);
  const effects = useEffects((state) => state.effects);

  useEffect(() => {
    const context = canvas.current?.getContext('2d', { alpha: false });
    if (!context) return;
    const settle = (picture: CanvasImageSource | null) => {
      for (let draws = 0; draws < SETTLE_DRAWS; draws += 1) drawAmbient(context, picture, theme);
    };
    settle(effects === 'low' ? null : drawable(source));
    if (!source || effects === 'low') return;
    let seen: unknown = null;
    let left = 0;
    const timer = setInterval(() => {
      const picture = drawable(source);
      if (document.hidden) return;
      const now = picture instanceof HTMLVideoElement ? picture.currentTime : picture;
      if (now !== seen) left = SETTLE_DRAWS;
      seen = now;
      if (left === 0) return;
      left -= 1;
      drawAmbient(context, picture, theme);
    }, EVERY_MS[effects]);
    return () => clearInterval(timer);
  }, [source, theme, effects]);

  useEffect(() => {
    if (!source || effects === 'low') return;
    let before: FrameCount | null = null;
    const timer = setInterval(() => {
      const now = document.hidden ? null : frameCount(source());
      if (before && now) useEffects.setState({ effects: afterFrames(effects, before, now) });
      before = now;
    }, COUNT_EVERY_MS);
    return () => clearInterval(timer);
  }, [source, effects]);

  return <canvas ref={canvas} width={WIDTH} height={HEIGHT} aria-hidden className="ambient" />;
}

function drawable(source: LightSource | null): HTMLVideoElement | HTMLImageElement | null {
  const picture = source?.() ?? null;
  if (picture instanceof HTMLVideoElement) return picture.readyState >= 2 && picture.videoWidth > 0 ? picture : null;
  return picture?.complete && picture.naturalWidth > 0 ? picture : null;
}

/** Frames of a video that plays. */
function frameCount(picture: HTMLVideoElement | HTMLImageElement | null): FrameCount | null {
  if (!(picture instanceof HTMLVideoElement) || picture.paused || picture.seeking) return null;
  const { totalVideoFrames, droppedVideoFrames } = picture.getVideoPlaybackQuality();
  return { shown: totalVideoFrames, dropped: droppedVideoFrames };
}
