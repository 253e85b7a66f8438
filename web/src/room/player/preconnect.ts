// Fetches what the player will need while the room's WebSocket opens.
import type { ItemJson, SourceJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';

export interface PreconnectCalls {
  playback(): Promise<{ state?: { itemId?: string } }>;
  playlist(): Promise<{ items?: ItemJson[] }>;
  /** Loads the library that plays HLS. */
  hlsPlayer(): Promise<unknown>;
  /** The response is not used. */
  fetch(url: string, how: RequestInit): Promise<unknown>;
}

/**
 * Players make two requests at once: for the beginning of a file and for the position to play from, or for two segments
 * of a stream. A video element sends cookies and a script does not, so they do not share connections.
 */
const FOR_FILE: readonly RequestInit[] = Array.from({ length: 2 }, () => ({
  method: 'HEAD',
  mode: 'no-cors',
  credentials: 'include',
  cache: 'no-store',
}));
/** The manifest of a stream is small: the player finds it in the cache, where its host allows that. */
const FOR_STREAM: readonly RequestInit[] = [
  { mode: 'cors', credentials: 'same-origin' },
  { method: 'HEAD', mode: 'cors', credentials: 'same-origin', cache: 'no-store' },
];

/** Never fails: it only saves time. The player makes the same requests again and reports their errors. */
export async function preconnect(calls: PreconnectCalls): Promise<void> {
  const source = await currentSource(calls).catch(() => null);
  const isStream = source?.format === 'MEDIA_FORMAT_HLS';
  const url = source?.direct?.url;
  const started: Promise<unknown>[] = [];
  if (isStream) started.push(calls.hlsPlayer());
  if (url) started.push(...(isStream ? FOR_STREAM : FOR_FILE).map((how) => calls.fetch(url, how)));
  await Promise.allSettled(started);
}

async function currentSource(calls: PreconnectCalls): Promise<SourceJson | null> {
  const [{ state }, { items }] = await Promise.all([calls.playback(), calls.playlist()]);
  return items?.find(({ id }) => id !== undefined && id === state?.itemId)?.source ?? null;
}
