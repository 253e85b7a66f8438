// The rules behind a permission, in words: the first one that acted comes first, the last one decided.
import type { RoleJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import type { PermissionRuleJson } from '../../api/gen/syncwatch/room/v1/permission_pb';
import { at, instantMs } from '../../room/when';

const ROLES: Readonly<Record<RoleJson, string>> = {
  ROLE_UNSPECIFIED: 'Members',
  ROLE_GUEST: 'Guests',
  ROLE_MEMBER: 'Members',
  ROLE_MODERATOR: 'Moderators',
  ROLE_OWNER: 'The owner',
};

/** `verb` is what the permission allows: "control playback". */
export function ruleWords(rule: PermissionRuleJson, verb: string, nowMs: number): string {
  const role = ROLES[rule.role ?? 'ROLE_MEMBER'];
  const custom = rule.roleName ? `the role “${rule.roleName}”` : 'their role';
  switch (rule.kind) {
    case 'KIND_OWNER':
      return 'The owner of the room may do everything.';
    case 'KIND_OWNER_ONLY':
      return `Only the owner can ${verb}.`;
    case 'KIND_ROLE_DEFAULT':
      return `${role} can${rule.allowed ? '' : '’t'} ${verb} by default.`;
    case 'KIND_ROOM_ADDED':
      return `This room lets ${lower(role)} ${verb}.`;
    case 'KIND_ROOM_REMOVED':
      return `This room doesn’t let ${lower(role)} ${verb}.`;
    case 'KIND_CUSTOM_ROLE_ADDED':
      return `It is allowed by ${custom}.`;
    case 'KIND_CUSTOM_ROLE_REMOVED':
      return `It is taken away by ${custom}.`;
    case 'KIND_MEMBER_ADDED':
      return 'It was given to this person.';
    case 'KIND_MEMBER_REMOVED':
      return 'It was taken from this person.';
    case 'KIND_VOICE_OFF':
      return 'The voice chat of this room is switched off, for the owner too.';
    case 'KIND_MUTED': {
      const untilMs = instantMs(rule.until);
      return untilMs === null ? 'This person is muted.' : `This person is muted until ${at(untilMs, nowMs)}.`;
    }
    default:
      return rule.allowed ? 'It is allowed.' : 'It is not allowed.';
  }
}

function lower(role: string): string {
  return role.charAt(0).toLowerCase() + role.slice(1);
}
