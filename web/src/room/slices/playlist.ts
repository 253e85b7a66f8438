import type { FolderJson } from '../../api/gen/syncwatch/room/v1/folder_pb';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { msFromUs } from '../../sync/motion';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface Playlist {
  items: readonly ItemJson[];
  folders: readonly FolderJson[];
  /** False until the server has sent the playlist. */
  isKnown: boolean;
}

/** The item that is on. */
function current(room: Pick<RoomState, 'playback' | 'playlist'>): ItemJson | undefined {
  const { itemId } = room.playback.motion;
  return itemId ? room.playlist.items.find((item) => item.id === itemId) : undefined;
}

export const playlist = {
  initial: { items: [], folders: [], isKnown: false },
  observes: 'RESOURCE_PLAYLIST',
  receive(state, frame) {
    const { snapshot } = updateOf(frame, 'RESOURCE_PLAYLIST');
    return snapshot ? { items: snapshot.items ?? [], folders: snapshot.folders ?? [], isKnown: true } : state;
  },
  select: {
    items: (room: RoomState) => room.playlist.items,
    folders: (room: RoomState) => room.playlist.folders,
    count: (room: RoomState) => room.playlist.items.length,
    isKnown: (room: RoomState) => room.playlist.isKnown,
    current,
    title: (room: RoomState) => current(room)?.title ?? '',
    isSoundOnly: (room: RoomState) => current(room)?.source?.audioOnly === true,
    /** Why nobody can jump in the item that is on; empty where everyone with the permission can. */
    whyNoJumps: (room: Pick<RoomState, 'playback' | 'playlist'>) =>
      current(room)?.source?.noJumps
        ? 'The host of this file sends it from its beginning only, so nobody can jump in it.'
        : '',
    /** Nothing follows the item that is on. */
    isLast: (room: RoomState) => room.playback.nextItemId === '',
    /** What the player makes ready: the item that follows, unless the current one plays again. */
    preloadItemId: ({ playback }: Pick<RoomState, 'playback'>) =>
      playback.nextItemId === playback.motion.itemId ? '' : playback.nextItemId,
    /** The item that plays after the current one, as the server decides; empty: none. */
    nextItemId: (room: RoomState) => room.playback.nextItemId,
  },
} satisfies Slice<Playlist>;

/** Where an item begins, in ms. */
export function itemStartMs(item: ItemJson | undefined): number {
  return msFromUs(item?.source?.startUs);
}

export function itemDurationMs(item: ItemJson | undefined): number | null {
  const ms = msFromUs(item?.durationUs);
  return ms > 0 ? ms : null;
}
