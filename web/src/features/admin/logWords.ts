// Entries of the log in words.
import type { RoomEventJson } from '../../api/gen/syncwatch/room/v1/event_pb';
import type { LogEntryJson } from '../../api/gen/syncwatch/room/v1/log_pb';

export type LogFilter = 'all' | 'people' | 'videos' | 'room';

/** Names of fields of `RoomEvent.kind`, as ListLog takes them. */
export const KINDS: Readonly<Record<LogFilter, readonly string[]>> = {
  all: [],
  people: [
    'member_joined',
    'member_left',
    'member_changed',
    'permission_requests_changed',
    'bans_changed',
    'roles_changed',
  ],
  videos: ['item_added', 'item_removed', 'items_reordered', 'item_updated'],
  room: ['room_updated', 'room_closed'],
};

const WORDS: Readonly<Partial<Record<keyof RoomEventJson, string>>> = {
  permissionRequestsChanged: 'changed a request for a permission',
  bansChanged: 'changed the bans',
  rolesChanged: 'changed the roles',
  itemAdded: 'added a video',
  itemRemoved: 'removed a video',
  itemsReordered: 'moved a video',
  itemUpdated: 'renamed a video',
  itemMeasured: 'measured a video',
  roomClosed: 'closed the room',
  roomDeleted: 'deleted the room',
};

export function logWords({ actorId, actorName, event = {} }: LogEntryJson): string {
  const actor = actorName || 'The server';
  const { memberJoined, memberLeft, memberChanged, removal, roomUpdated } = event;
  if (memberJoined) return `${memberJoined.displayName || actor} joined`;
  if (memberLeft) {
    if (!removal)
      return actorId === memberLeft || !actorName ? `${actorName || 'Somebody'} left` : `${actor} removed somebody`;
    return `${actor} ${removal.banned ? 'banned' : 'removed'} somebody`;
  }
  if (memberChanged) {
    const who = memberChanged.displayName || 'somebody';
    return actorId === memberChanged.subjectId ? `${who} changed their name` : `${actor} changed what ${who} may do`;
  }
  if (roomUpdated) return handOver(event, actor) ?? `${actor} changed the settings`;
  const kind = (Object.keys(WORDS) as (keyof RoomEventJson)[]).find((name) => event[name] !== undefined);
  return `${actor} ${(kind && WORDS[kind]) ?? 'changed the room'}`;
}

function handOver({ handOverReason }: RoomEventJson, actor: string): string | null {
  switch (handOverReason) {
    case 'HAND_OVER_REASON_BY_OWNER':
      return `${actor} handed the room over`;
    case 'HAND_OVER_REASON_RECLAIM':
    case 'HAND_OVER_REASON_RECOVERY':
      return `${actor} took the room back`;
    case 'HAND_OVER_REASON_AUTO_HANDOVER':
      return 'The room got another owner, since the owner was away';
    default:
      return null;
  }
}
