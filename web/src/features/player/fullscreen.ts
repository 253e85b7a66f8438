interface IPhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

/** iPhones give the whole screen to videos only. */
export function toggleFullscreen(stage: HTMLElement | null): void {
  if (!stage) return;
  if (document.fullscreenElement) {
    void document.exitFullscreen();
  } else if (typeof stage.requestFullscreen === 'function') {
    stage.requestFullscreen().catch(() => undefined);
  } else {
    stage.querySelector<IPhoneVideo>('video')?.webkitEnterFullscreen?.();
  }
}
