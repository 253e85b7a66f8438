import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { PlaylistService } from '../../api/gen/services';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { notify } from '../../ui/toasts';

/** How long the toast offers the way back; the server takes it for longer. */
const OFFERED_MS = 20_000;

/** Removes everything but what is on, and offers to undo that. */
export function useClear(): () => Promise<void> {
  const room = useRoom(select.settings.roomId);
  const keepItemId = useRoom(select.playback.itemId);

  const undo = async (clearId: string) => {
    try {
      const { restoredCount = 0 } = await call(PlaylistService.undoClear, { room, clearId });
      notify(restoredCount === 1 ? 'One video is back' : `${restoredCount} videos are back`);
    } catch (error) {
      notify(explain(error));
    }
  };
  return async () => {
    try {
      const { clearId = '', removedCount = 0 } = await call(PlaylistService.clearPlaylist, { room, keepItemId });
      if (!clearId) notify('There was nothing to remove');
      else
        notify(removedCount === 1 ? 'One video removed' : `${removedCount} videos removed`, {
          forMs: OFFERED_MS,
          action: { label: 'Undo', onPress: () => void undo(clearId) },
        });
    } catch (error) {
      notify(explain(error));
    }
  };
}
