import { useEffect } from 'react';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';

/** Media keys and lock screens control the room. */
export function useMediaSession(): void {
  const session = useRoomSession();
  const title = useRoom(select.playlist.title);
  const room = useRoom((whole) => select.settings.name(whole) ?? '');
  const playing = useRoom(select.playback.isPlaying);

  useEffect(() => {
    if (!('mediaSession' in navigator)) return;
    navigator.mediaSession.metadata = title ? new MediaMetadata({ title, artist: room, album: 'SyncWatch' }) : null;
  }, [title, room]);

  useEffect(() => {
    if ('mediaSession' in navigator) navigator.mediaSession.playbackState = playing ? 'playing' : 'paused';
  }, [playing]);

  useEffect(() => {
    if (!('mediaSession' in navigator)) return;
    const { commands } = session;
    const handlers: Partial<Record<MediaSessionAction, MediaSessionActionHandler>> = {
      play: () => void commands.play(),
      pause: () => void commands.pause(),
      nexttrack: () => void commands.next(),
      seekbackward: ({ seekOffset }) => void commands.seekBy((seekOffset ?? 10) * -1000),
      seekforward: ({ seekOffset }) => void commands.seekBy((seekOffset ?? 10) * 1000),
      seekto: ({ seekTime }) => {
        if (seekTime !== undefined) void commands.seek(seekTime * 1000);
      },
    };
    const actions = Object.entries(handlers) as [MediaSessionAction, MediaSessionActionHandler][];
    for (const [action, handler] of actions) setHandler(action, handler);
    return () => {
      for (const [action] of actions) setHandler(action, null);
    };
  }, [session]);
}

/** Browsers throw for actions that they do not know. */
function setHandler(action: MediaSessionAction, handler: MediaSessionActionHandler | null): void {
  try {
    navigator.mediaSession.setActionHandler(action, handler);
  } catch {
    // The browser does not have this action.
  }
}
