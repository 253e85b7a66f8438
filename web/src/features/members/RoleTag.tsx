import type { MemberJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import { useRoom } from '../../room/hooks';
import { roleOf } from '../../room/slices/roles';
import { select } from '../../room/store';
import { Tag } from '../../ui/Tag';

/** Host, moderator, guest, or the name of a custom role with its colour. Nothing for a plain member. */
export function RoleTag({ member }: { member: MemberJson }) {
  const ownerId = useRoom(select.settings.ownerId);
  const roles = useRoom(select.roles.all);
  if (member.subjectId === ownerId) return <Tag tone="warn">host</Tag>;
  const role = member.customRoleId ? roleOf(roles, member) : undefined;
  if (role?.name) {
    return (
      <Tag tone="plain" {...(role.color && { color: role.color })}>
        {role.name}
      </Tag>
    );
  }
  if (member.role === 'ROLE_MODERATOR') return <Tag tone="info">moderator</Tag>;
  return member.role === 'ROLE_GUEST' ? <Tag tone="plain">guest</Tag> : null;
}
