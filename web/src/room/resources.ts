// What updates of observed resources carry: the whole resource, or what changed in it.
import type {
  ChatPageJson,
  MembersJson,
  PlaybackInfoJson,
  PlaylistJson,
  QualityJson,
  ServerFrameJson,
} from '../api/gen/syncwatch/realtime/v1/realtime_pb';
import type { ChatMessageJson } from '../api/gen/syncwatch/room/v1/chat_pb';
import type { RoomJson } from '../api/gen/syncwatch/room/v1/room_pb';
import type { PresenceChangeJson } from '../api/gen/syncwatch/sync/v1/presence_pb';

interface Resources {
  RESOURCE_SETTINGS: { snapshot?: RoomJson };
  RESOURCE_MEMBERS: { snapshot?: MembersJson; change?: PresenceChangeJson };
  RESOURCE_PLAYLIST: { snapshot?: PlaylistJson };
  RESOURCE_CHAT: { snapshot?: ChatPageJson; change?: ChatMessageJson };
  RESOURCE_QUALITY: { change?: QualityJson };
  RESOURCE_PLAYBACK_INFO: { snapshot?: PlaybackInfoJson };
}

/** The update of this resource in a frame; empty when the frame has none. */
export function updateOf<R extends keyof Resources>({ resource }: ServerFrameJson, of: R): Resources[R] {
  if (!resource) return {};
  const updates: Resources = {
    RESOURCE_SETTINGS: { snapshot: resource.settings },
    RESOURCE_MEMBERS: { snapshot: resource.members, change: resource.presence },
    RESOURCE_PLAYLIST: { snapshot: resource.playlist },
    RESOURCE_CHAT: { snapshot: resource.chatPage, change: resource.chat },
    RESOURCE_QUALITY: { change: resource.quality },
    RESOURCE_PLAYBACK_INFO: { snapshot: resource.playbackInfo },
  };
  return updates[of];
}
