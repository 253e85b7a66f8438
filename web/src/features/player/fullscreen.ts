interface IPhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

/** On iPhones only a video can be in full screen. */
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
