import { ArrowLeft } from 'lucide-react';
import { call } from '../../../api/call';
import { MemberService } from '../../../api/gen/services';
import type { MemberJson, UpdateMemberRequestJson } from '../../../api/gen/syncwatch/room/v1/member_pb';
import type { RoomRoleJson } from '../../../api/gen/syncwatch/room/v1/permission_pb';
import { useAction, useLoaded, useMay, useRoom } from '../../../room/hooks';
import { outranks } from '../../../room/ranks';
import { roleOf } from '../../../room/slices/roles';
import { select } from '../../../room/store';
import { Avatar } from '../../../ui/Avatar';
import { Button } from '../../../ui/Button';
import { Notice } from '../../../ui/Notice';
import { Select } from '../../../ui/Select';
import { FailedState, LoadingRows } from '../../../ui/States';
import { RoleTag } from '../RoleTag';
import { type Answer, answerFor, withAnswer } from './overrides';
import { PermissionList } from './PermissionList';
import { whyFixed } from './whyFixed';

/** From this many exceptions on a role of its own is easier to keep track of. */
const MANY = 4;

/** One member: their role, and what they may do beyond it. */
export function MemberPage({ subjectId, onBack }: { subjectId: string; onBack: () => void }) {
  const room = useRoom(select.settings.roomId);
  const { data, error, reload } = useLoaded(`${room} ${subjectId}`, (signal) =>
    call(MemberService.getMember, { room, subjectId }, signal),
  );
  const member = data?.member;
  return (
    <div className="grid gap-4">
      <Button look="quiet" size="sm" className="justify-self-start" onClick={onBack}>
        <ArrowLeft size={16} aria-hidden />
        All members
      </Button>
      {error && <FailedState text={error} onRetry={reload} />}
      {!data && !error && <LoadingRows label="Loading the member" />}
      {member && <Editor member={member} onChanged={reload} />}
    </div>
  );
}

function Editor({ member, onChanged }: { member: MemberJson; onChanged: () => void }) {
  const room = useRoom(select.settings.roomId);
  const roles = useRoom(select.roles.all);
  const mayManage = useMay('PERMISSION_MANAGE_MEMBERS');
  const myRole = useRoom((state) => state.access.me?.role);
  const mine = useRoom(select.access.permissions);
  const { error, busy, run } = useAction();
  const { subjectId = '', displayName = '', role, added = [], removed = [] } = member;
  const editable = mayManage && outranks(myRole, role);

  const change = async (changes: Omit<UpdateMemberRequestJson, 'room' | 'subjectId'>) => {
    if (await run(() => call(MemberService.updateMember, { room, subjectId, ...changes }))) onChanged();
  };

  return (
    <>
      <header className="flex items-center gap-3">
        <Avatar id={subjectId} name={displayName} size={44} />
        <h3 className="min-w-0 truncate text-title">{displayName}</h3>
        <RoleTag member={member} />
      </header>
      {!editable && <Notice tone="plain">{whyNot(role, mayManage)}</Notice>}
      {error && <Notice tone="bad">{error}</Notice>}
      {editable && (
        <RoleSelect
          member={member}
          disabled={busy}
          onChange={(choice) =>
            void change(
              choice.custom
                ? { customRoleId: choice.custom, updateMask: 'customRoleId' }
                : { role: choice.role, customRoleId: '', updateMask: 'role,customRoleId' },
            )
          }
        />
      )}
      {added.length + removed.length >= MANY && (
        <Notice tone="warn">
          {displayName} has many exceptions. A role of its own, under Roles, is easier to keep track of.
        </Notice>
      )}
      <PermissionList<Answer>
        label={`What ${displayName} may do`}
        options={[
          { value: 'role', label: 'By role' },
          { value: 'yes', label: 'Yes' },
          { value: 'no', label: 'No' },
        ]}
        valueOf={(permission) => answerFor(member, permission)}
        hintOf={(permission) =>
          answerFor(member, permission) === 'role'
            ? roleSays(roleOf(roles, member), role === 'ROLE_OWNER', permission)
            : ''
        }
        isDisabled={!editable || busy}
        whyNotOf={(permission) => (editable ? whyFixed(permission, mine) : '')}
        onChange={(permission, answer) =>
          void change({ ...withAnswer(member, permission, answer), updateMask: 'added,removed' })
        }
      />
    </>
  );
}

function roleSays(role: RoomRoleJson | undefined, isOwner: boolean, permission: string): string {
  const allowed = isOwner || role?.permissions?.some((one) => one === permission);
  return allowed ? 'Their role allows it' : 'Their role doesn’t allow it';
}

function whyNot(role: MemberJson['role'], mayManage: boolean): string {
  if (role === 'ROLE_OWNER') return 'The owner may do everything, and nobody can change that.';
  return mayManage
    ? 'Only somebody who ranks above this person can change what they may do.'
    : 'You can’t change what people may do in this room.';
}

interface Choice {
  role: 'ROLE_UNSPECIFIED' | 'ROLE_MODERATOR';
  custom: string;
}

function RoleSelect(props: { member: MemberJson; disabled: boolean; onChange: (choice: Choice) => void }) {
  const { member, disabled, onChange } = props;
  const roles = useRoom(select.roles.all);
  const myRole = useRoom((state) => state.access.me?.role);
  const custom = roles.filter((role) => role.name);
  const value = member.customRoleId || (member.role === 'ROLE_MODERATOR' ? 'moderator' : 'plain');
  const isGuest = member.subjectId?.startsWith('guest_');
  return (
    <Select
      label="Role"
      disabled={disabled}
      value={value}
      onChange={({ target }) =>
        onChange(
          target.value === 'moderator'
            ? { role: 'ROLE_MODERATOR', custom: '' }
            : { role: 'ROLE_UNSPECIFIED', custom: target.value === 'plain' ? '' : target.value },
        )
      }
    >
      <option value="plain">{isGuest ? 'Guest' : 'Member'}</option>
      {(value === 'moderator' || outranks(myRole, 'ROLE_MODERATOR')) && <option value="moderator">Moderator</option>}
      {custom.map((role) => (
        <option key={role.id} value={role.id}>
          {role.name}
        </option>
      ))}
    </Select>
  );
}
