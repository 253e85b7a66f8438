// What whoever joins will need soon is fetched while the room's WebSocket is being opened.
import type { ItemJson, SourceJson } from '../../api/gen/syncwatch/room/v1/types_pb';

export interface HeadStartCalls {
  playback(): Promise<{ state?: { itemId?: string } }>;
  playlist(): Promise<{ items?: ItemJson[] }>;
  /** Brings the page's player for HLS. */
  hlsPlayer(): Promise<unknown>;
  /** The answer does not matter. */
  fetch(url: string, how: RequestInit): Promise<unknown>;
}

/** A player reads the beginning of a file on one connection and, from elsewhere in it, on another. */
const CONNECTIONS = 2;

/** Never fails: it only makes what follows quicker. Whoever needs it fetches it again, and says what is wrong. */
export async function headStart(calls: HeadStartCalls): Promise<void> {
  const source = await currentSource(calls).catch(() => null);
  const url = source?.direct?.url;
  const started: Promise<unknown>[] = [];
  if (source?.format === 'MEDIA_FORMAT_HLS') {
    started.push(calls.hlsPlayer());
    // As the player asks for it, so that it finds it in the cache, where its host allows that.
    if (url) started.push(calls.fetch(url, { mode: 'cors', credentials: 'same-origin' }));
  } else if (url) {
    // As a video element asks: with cookies, and without leave to read. Connections of the two kinds are not shared.
    for (let i = 0; i < CONNECTIONS; i += 1) started.push(calls.fetch(url, { method: 'HEAD', mode: 'no-cors', credentials: 'include', cache: 'no-store' }));
  }
  await Promise.allSettled(started);
}

async function currentSource(calls: HeadStartCalls): Promise<SourceJson | null> {
  const [{ state }, { items }] = await Promise.all([calls.playback(), calls.playlist()]);
  return items?.find(({ id }) => id !== undefined && id === state?.itemId)?.source ?? null;
}
