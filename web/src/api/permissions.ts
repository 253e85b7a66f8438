// What each permission allows, in words: "You can’t …", "Mia asks to …", "Mia may …".
import type { PermissionJson } from './gen/syncwatch/room/v1/member_pb';

export type Permission = Exclude<PermissionJson, 'PERMISSION_UNSPECIFIED'>;

/** Where a permission stands in lists for people. */
export type PermissionGroup = 'Chat' | 'Playback' | 'Up next' | 'Voice and screen' | 'People' | 'The room';

interface Words {
  group: PermissionGroup;
  /** Completes "You can’t …" and "May …". */
  verb: string;
}

const WORDS: Readonly<Record<Permission, Words>> = {
  PERMISSION_SEND_CHAT: { group: 'Chat', verb: 'send messages' },
  PERMISSION_REACT: { group: 'Chat', verb: 'send reactions' },
  PERMISSION_VIEW_CHAT_HISTORY: { group: 'Chat', verb: 'read earlier messages' },
  PERMISSION_DELETE_CHAT: { group: 'Chat', verb: 'delete messages of others' },
  PERMISSION_PLAY_CONTROL: { group: 'Playback', verb: 'control playback' },
  PERMISSION_CHANGE_CURRENT_MEDIA: { group: 'Playback', verb: 'choose what plays' },
  PERMISSION_VOTE: { group: 'Playback', verb: 'vote' },
  PERMISSION_VIEW_HISTORY: { group: 'Playback', verb: 'see what was played' },
  PERMISSION_ADD_MEDIA: { group: 'Up next', verb: 'add videos' },
  PERMISSION_EDIT_OWN_MEDIA: { group: 'Up next', verb: 'change own videos' },
  PERMISSION_REORDER_PLAYLIST: { group: 'Up next', verb: 'reorder videos' },
  PERMISSION_REMOVE_MEDIA: { group: 'Up next', verb: 'remove videos of others' },
  PERMISSION_CLEAR_PLAYLIST: { group: 'Up next', verb: 'clear the list' },
  PERMISSION_BROWSE_PROVIDERS: { group: 'Up next', verb: 'browse connected libraries' },
  PERMISSION_USE_VOICE: { group: 'Voice and screen', verb: 'talk by voice' },
  PERMISSION_SHARE_SCREEN: { group: 'Voice and screen', verb: 'share a screen' },
  PERMISSION_PUBLISH_LIVE: { group: 'Voice and screen', verb: 'stream live' },
  PERMISSION_VIEW_MEMBERS: { group: 'People', verb: 'see who is here' },
  PERMISSION_INVITE: { group: 'People', verb: 'invite people' },
  PERMISSION_APPROVE_JOIN: { group: 'People', verb: 'let people in' },
  PERMISSION_KICK: { group: 'People', verb: 'remove people' },
  PERMISSION_BAN: { group: 'People', verb: 'ban people' },
  PERMISSION_MANAGE_MEMBERS: { group: 'People', verb: 'change what people may do' },
  PERMISSION_MANAGE_SETTINGS: { group: 'The room', verb: 'change the settings' },
  PERMISSION_DELETE_ROOM: { group: 'The room', verb: 'delete the room' },
};

export const PERMISSIONS = Object.keys(WORDS) as readonly Permission[];

export const PERMISSION_GROUPS: readonly PermissionGroup[] = [
  'Playback',
  'Up next',
  'Chat',
  'Voice and screen',
  'People',
  'The room',
];

export function permissionsIn(group: PermissionGroup): Permission[] {
  return PERMISSIONS.filter((permission) => WORDS[permission].group === group);
}

/** A verb phrase: "control playback". `permission` may come without its prefix and in lower case. */
export function verbOf(permission: string): string {
  const found = permissionNamed(permission);
  return found ? WORDS[found].verb : 'do this';
}

/** The permission of that name, with or without the prefix of the enum, in upper or lower case. */
export function permissionNamed(name: string): Permission | null {
  const full = `PERMISSION_${name.toUpperCase().replace(/^PERMISSION_/, '')}`;
  return full in WORDS ? (full as Permission) : null;
}
