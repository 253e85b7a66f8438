// What whoever joins will need soon is fetched while the room's WebSocket is being opened.
import type { ItemJson, SourceJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';

export interface HeadStartCalls {
  playback(): Promise<{ state?: { itemId?: string } }>;
  playlist(): Promise<{ items?: ItemJson[] }>;
  /** Brings the page's player for HLS. */
  hlsPlayer(): Promise<unknown>;
  /** The answer does not matter. */
  fetch(url: string, how: RequestInit): Promise<unknown>;
}

/**
 * Players read two things at once: the beginning of a file and the place to go on from, or two parts of a stream. A
 * video element asks with cookies, a script without: their connections are not shared.
 */
const FOR_FILE: readonly RequestInit[] = Array.from({ length: 2 }, () => ({ method: 'HEAD', mode: 'no-cors', credentials: 'include', cache: 'no-store' }));
/** A stream's list is small: the player then finds it in the cache, where its host allows that. */
const FOR_STREAM: readonly RequestInit[] = [
  { mode: 'cors', credentials: 'same-origin' },
  { method: 'HEAD', mode: 'cors', credentials: 'same-origin', cache: 'no-store' },
];

/** Never fails: it only makes what follows quicker. Whoever needs it fetches it again, and says what is wrong. */
export async function headStart(calls: HeadStartCalls): Promise<void> {
  const source = await currentSource(calls).catch(() => null);
  const isStream = source?.format === 'MEDIA_FORMAT_HLS';
  const url = source?.direct?.url;
  const started: Promise<unknown>[] = [];
  if (isStream) started.push(calls.hlsPlayer());
  if (url) started.push(...(isStream ? FOR_STREAM : FOR_FILE).map((how) => calls.fetch(url, how)));
  await Promise.allSettled(started);
}

async function currentSource(calls: HeadStartCalls): Promise<SourceJson | null> {
  const [{ state }, { items }] = await Promise.all([calls.playback(), calls.playlist()]);
  return items?.find(({ id }) => id !== undefined && id === state?.itemId)?.source ?? null;
}
