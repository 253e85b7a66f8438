// What is said of a room in a list.
import type { AccessStateJson } from '../../api/gen/syncwatch/room/v1/access_pb';
import type { RoomLiveJson } from '../../api/gen/syncwatch/room/v1/live_pb';
import type { RoomSummaryJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { msFromUs } from '../../room/format';

/** What a person has to do to get in; empty: nothing. */
const ACCESS: Readonly<Record<AccessStateJson, string>> = {
  ACCESS_STATE_UNSPECIFIED: '',
  ACCESS_STATE_ENTER: '',
  ACCESS_STATE_JOIN: '',
  ACCESS_STATE_PASSWORD: 'Password',
  ACCESS_STATE_REQUEST_APPROVAL: 'Ask to come in',
  ACCESS_STATE_PENDING: 'You asked',
  ACCESS_STATE_SIGN_IN: 'Sign in first',
  ACCESS_STATE_FULL: 'Full',
  ACCESS_STATE_BANNED: 'You’re banned',
  ACCESS_STATE_COOLDOWN: 'Not yet again',
  ACCESS_STATE_CLOSED: 'Closed',
  ACCESS_STATE_DECLINED: 'Not let in',
};

export function accessWords(access: AccessStateJson | undefined): string {
  return ACCESS[access ?? 'ACCESS_STATE_UNSPECIFIED'] ?? '';
}

/** `5 here`; empty: nobody is. */
export function hereWords(live: RoomLiveJson | undefined): string {
  const count = live?.presentCount ?? 0;
  return count === 0 ? '' : `${count.toLocaleString('en')} here`;
}

/** What is on and where it is, or when it begins; empty: nothing is known. */
export function placeWords({ room, live }: RoomSummaryJson, nowMs: number): string {
  const startsMs = Date.parse(room?.startsAt ?? '');
  if (startsMs > nowMs) return `starts in ${spanWords(startsMs - nowMs)}`;
  if (!live?.itemTitle) return '';
  const atMs = positionMs(live, nowMs);
  return [live.itemTitle, live.playing ? (atMs < 60_000 ? 'just began' : `${spanWords(atMs)} in`) : 'paused'].join(
    ' · ',
  );
}

/** Where the item is by now. */
function positionMs(live: RoomLiveJson, nowMs: number): number {
  const since = live.playing ? Math.max(0, nowMs - Date.parse(live.positionAt ?? '')) * Number(live.rate || 1) : 0;
  const atMs = msFromUs(live.positionUs) + (Number.isFinite(since) ? since : 0);
  const durationMs = msFromUs(live.durationUs);
  return durationMs > 0 ? Math.min(atMs, durationMs) : atMs;
}

/** `42 min`, `1 h`, `3 days`. */
export function spanWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}
