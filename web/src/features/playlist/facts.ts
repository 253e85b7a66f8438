import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { clockTime } from '../../room/format';
import { itemDurationMs, itemStartMs } from '../../room/slices/playlist';

/** Length, start and limits of an item in words. */
export function factsOf(item: ItemJson): string[] {
  const { source } = item;
  const durationMs = itemDurationMs(item);
  const startMs = itemStartMs(item);
  return [
    durationMs === null ? '' : clockTime(durationMs),
    startMs > 0 ? `starts at ${clockTime(startMs)}` : '',
    source?.audioOnly ? 'sound' : '',
    source?.live ? 'live' : '',
    source?.noJumps ? 'no jumps' : '',
    source?.unchecked ? 'not checked' : '',
  ].filter(Boolean);
}
