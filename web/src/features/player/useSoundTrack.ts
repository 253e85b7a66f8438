import { type RefObject, useEffect, useRef, useState } from 'react';
import { useRoomSession } from '../../room/hooks';
import { useTracks } from '../../room/tracks';
import { notify } from '../../ui/toasts';
import { playWith } from './soundTrack';
import { useChoices } from './useChoices';

/** Plays the chosen sound track in the place of the film's sound. Returns whether one plays: the film is silent then. */
export function useSoundTrack(picture: RefObject<HTMLElement | null>, volume: number, muted: boolean): boolean {
  const session = useRoomSession();
  const key = useTracks((state) => state.audio.key);
  const url = useChoices('audio').chosen?.added?.url ?? '';
  const element = useRef<HTMLAudioElement | null>(null);
  const [failedUrl, setFailedUrl] = useState('');
  const plays = url !== '' && url !== failedUrl;

  useEffect(() => {
    if (!plays) return;
    const { sound, end } = playWith(url, {
      film: () => [...(picture.current?.querySelectorAll('video') ?? [])].at(-1) ?? null,
      delayMs: () => useTracks.getState().audio.delayMs,
      failed: () => {
        setFailedUrl(url);
        notify('This sound track can’t play here, so you hear the film’s own sound. Choose it again to retry.');
      },
    });
    element.current = sound;
    return () => {
      end();
      element.current = null;
    };
  }, [picture, url, plays]);
  // Another choice tries again.
  useEffect(() => setFailedUrl(''), [key]);
  useEffect(
    () =>
      session.filmGain.follow((gain) => {
        if (element.current) Object.assign(element.current, { volume: volume * gain, muted });
      }),
    [session, volume, muted, url, plays],
  );
  return plays;
}
