import { type RefObject, useEffect } from 'react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { lightFrom } from '../../ui/Ambient';

/** The film lights the room: from the video itself, else from the item's still picture. */
export function useFilmLight(picture: RefObject<HTMLElement | null>): void {
  const hasItem = useRoom(select.playback.hasItem);
  const still = useRoom((room) => select.playlist.current(room)?.source?.pictureUrl ?? '');
  useEffect(() => {
    if (!hasItem) return;
    const image = still ? Object.assign(new Image(), { referrerPolicy: 'no-referrer', src: still }) : null;
    return lightFrom(() => {
      // The element in front is the last one.
      const video = [...(picture.current?.querySelectorAll('video') ?? [])].at(-1) ?? null;
      return video && video.videoWidth > 0 ? video : image;
    });
  }, [picture, hasItem, still]);
}
