import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { RoomRoleJson } from '../../../api/gen/syncwatch/room/v1/permission_pb';
import { useMay, useRoom } from '../../../room/hooks';
import { outranks } from '../../../room/ranks';
import { select } from '../../../room/store';
import { Button } from '../../../ui/Button';
import { cx } from '../../../ui/classes';
import { Notice } from '../../../ui/Notice';
import { LoadingRows } from '../../../ui/States';
import { NewRole } from './NewRole';
import { RoleEditor } from './RoleEditor';

/** The roles of the room: what guests, members, moderators and roles of one's own may do. */
export function RolesPage() {
  const roles = useRoom(select.roles.all);
  const mayManage = useMay('PERMISSION_MANAGE_MEMBERS');
  const [chosen, setChosen] = useState('guest');
  const [adding, setAdding] = useState(false);
  const role = roles.find(({ id }) => id === chosen) ?? roles[0];
  if (!role) return <LoadingRows label="Loading the roles" />;
  return (
    <div className="grid gap-4">
      <p className="text-sm text-soft">
        A role says what everybody who has it may do. Give roles to people under Members; the owner may always do
        everything.
      </p>
      <div role="group" aria-label="Roles" className="flex flex-wrap gap-2">
        {roles.map((one) => (
          <button
            key={one.id}
            type="button"
            aria-pressed={one.id === role.id && !adding}
            onClick={() => {
              setChosen(one.id ?? '');
              setAdding(false);
            }}
            className={cx(
              'inline-flex h-target items-center gap-2 rounded-full px-4 text-label',
              one.id === role.id && !adding ? 'bg-hover text-ink' : 'bg-well text-soft hover:text-ink',
            )}
          >
            {one.color && <span aria-hidden className="size-2.5 rounded-full" style={{ background: one.color }} />}
            {roleName(one)}
          </button>
        ))}
        {mayManage && (
          <Button look="quiet" onClick={() => setAdding(true)}>
            <Plus size={16} aria-hidden />
            New role
          </Button>
        )}
      </div>
      {adding ? (
        <NewRole
          onDone={(id) => {
            setAdding(false);
            if (id) setChosen(id);
          }}
        />
      ) : (
        <ChosenRole key={role.id} role={role} mayManage={mayManage} />
      )}
    </div>
  );
}

function ChosenRole({ role, mayManage }: { role: RoomRoleJson; mayManage: boolean }) {
  const myRole = useRoom((state) => state.access.me?.role);
  const editable = mayManage && outranks(myRole, role.base);
  return (
    <>
      {!editable && (
        <Notice tone="plain">
          {mayManage
            ? 'Only somebody who ranks above this role can change it.'
            : 'You can read this, but not change what roles may do.'}
        </Notice>
      )}
      <RoleEditor role={role} editable={editable} />
    </>
  );
}

const NAMES: Readonly<Record<string, string>> = { guest: 'Guests', member: 'Members', moderator: 'Moderators' };

export function roleName({ id = '', name }: RoomRoleJson): string {
  return name || (NAMES[id] ?? id);
}
