import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { msFromUs } from '../../sync/motion';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface Playlist {
  items: readonly ItemJson[];
  /** False until the server has sent the playlist. */
  isKnown: boolean;
}

/** The item that is on. */
function current(room: Pick<RoomState, 'playback' | 'playlist'>): ItemJson | undefined {
  const { itemId } = room.playback.motion;
  return itemId ? room.playlist.items.find((item) => item.id === itemId) : undefined;
}

export const playlist = {
  initial: { items: [], isKnown: false },
  observes: 'RESOURCE_PLAYLIST',
  receive(state, frame) {
    const { snapshot } = updateOf(frame, 'RESOURCE_PLAYLIST');
    return snapshot ? { items: snapshot.items ?? [], isKnown: true } : state;
  },
  select: {
    items: (room: RoomState) => room.playlist.items,
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
    /** The item that is on stands at the end of the list. */
    isLast: (room: RoomState) => room.playlist.items.at(-1)?.id === room.playback.motion.itemId,
    preloadItemId,
    /** The item that plays after the current one; empty: none. */
    nextItemId: preloadItemId,
  },
} satisfies Slice<Playlist>;

/**
 * The item to preload: the one after the current item in the list. Only a hint, so that the start needs no wait; the server
 * decides what plays next.
 */
function preloadItemId({ playback, playlist: { items } }: Pick<RoomState, 'playback' | 'playlist'>): string {
  const at = items.findIndex((item) => item.id === playback.motion.itemId);
  return at < 0 ? '' : (items[at + 1]?.id ?? '');
}

/** Where an item begins, in ms. */
export function itemStartMs(item: ItemJson | undefined): number {
  return msFromUs(item?.source?.startUs);
}

export function itemDurationMs(item: ItemJson | undefined): number | null {
  const ms = msFromUs(item?.durationUs);
  return ms > 0 ? ms : null;
}
