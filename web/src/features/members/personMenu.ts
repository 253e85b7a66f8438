// What one person may do about another, as the entries of a menu. Sentences with a tick for permissions.
import type { MemberJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import type { VoiceParticipantJson } from '../../api/gen/syncwatch/voice/v1/voice_pb';
import { type Permission, verbOf } from '../../api/permissions';
import { outranks } from '../../room/ranks';
import { may, type Roles } from '../../room/slices/roles';

export type PersonAction =
  | { kind: 'permission'; permission: Permission; given: boolean; held: boolean }
  | { kind: 'moderator'; make: boolean }
  | { kind: 'manage' }
  | { kind: 'mute' }
  | { kind: 'unmute' }
  | { kind: 'voice'; mute: boolean }
  | { kind: 'hand-over' }
  | { kind: 'remove' };

export interface Me {
  member: MemberJson;
  permissions: readonly string[];
}

/** The permissions that a menu offers; all of them stand on the page of the member. */
const OFFERED: readonly Permission[] = [
  'PERMISSION_PLAY_CONTROL',
  'PERMISSION_CHANGE_CURRENT_MEDIA',
  'PERMISSION_ADD_MEDIA',
  'PERMISSION_SEND_CHAT',
];

/** `voice`: their entry in the voice chat, if they are in it. */
export function personActions(
  me: Me,
  other: MemberJson,
  known: Roles,
  nowMs: number,
  voice: VoiceParticipantJson | null = null,
): PersonAction[] {
  const actions: PersonAction[] = [];
  if (me.member.subjectId === other.subjectId || !outranks(me.member.role, other.role)) return actions;
  const can = (permission: Permission) => me.permissions.includes(permission);
  const manages = can('PERMISSION_MANAGE_MEMBERS');
  if (manages) {
    for (const permission of OFFERED) {
      const given = may(known, other, permission, nowMs);
      actions.push({ kind: 'permission', permission, given, held: can(permission) });
    }
    if (outranks(me.member.role, 'ROLE_MODERATOR') && !other.customRoleId)
      actions.push({ kind: 'moderator', make: other.role !== 'ROLE_MODERATOR' });
    actions.push({ kind: 'manage' });
  }
  if (manages || can('PERMISSION_BAN')) {
    const muted = Date.parse(other.mutedUntil ?? '') > nowMs;
    actions.push({ kind: muted ? 'unmute' : 'mute' });
  }
  if (voice && can('PERMISSION_BAN')) actions.push({ kind: 'voice', mute: voice.muted === undefined });
  if (me.member.role === 'ROLE_OWNER') actions.push({ kind: 'hand-over' });
  if (can('PERMISSION_KICK') || can('PERMISSION_BAN')) actions.push({ kind: 'remove' });
  return actions;
}

export function actionLabel(action: PersonAction): string {
  switch (action.kind) {
    case 'permission':
      return `May ${verbOf(action.permission)}`;
    case 'moderator':
      return action.make ? 'Make moderator' : 'No longer a moderator';
    case 'manage':
      return 'Role and permissions …';
    case 'mute':
      return 'Mute in chat …';
    case 'unmute':
      return 'Let them chat again';
    case 'voice':
      return action.mute ? 'Mute in voice' : 'Let them talk again';
    case 'hand-over':
      return 'Hand the room over …';
    case 'remove':
      return 'Remove from the room …';
  }
}
