/** Whether this browser can show the film in a small window of its own. */
export function canPopOut(): boolean {
  return document.pictureInPictureEnabled === true;
}

/** Shows the film in front of other windows, or takes it back. */
export function togglePopOut(stage: HTMLElement | null): void {
  if (document.pictureInPictureElement) {
    void document.exitPictureInPicture();
    return;
  }
  const video = [...(stage?.querySelectorAll('video') ?? [])].at(-1);
  video?.requestPictureInPicture().catch(() => undefined);
}
