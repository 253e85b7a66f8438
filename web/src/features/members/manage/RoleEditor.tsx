import { useState } from 'react';
import { call } from '../../../api/call';
import { PermissionService } from '../../../api/gen/services';
import type { RoomRoleJson, UpdateRoleRequestJson } from '../../../api/gen/syncwatch/room/v1/permission_pb';
import { PERMISSIONS } from '../../../api/permissions';
import { useAction, useRoom } from '../../../room/hooks';
import { select } from '../../../room/store';
import { Button } from '../../../ui/Button';
import { Notice } from '../../../ui/Notice';
import { Select } from '../../../ui/Select';
import { TextField } from '../../../ui/TextField';
import { withExactly, withRolePermission } from './overrides';
import { PermissionList } from './PermissionList';
import { PRESETS, presetOf } from './presets';
import { whyFixed } from './whyFixed';

type Answer = 'yes' | 'no';

/** What a role may do, saved at once. */
export function RoleEditor({ role, editable }: { role: RoomRoleJson; editable: boolean }) {
  const room = useRoom(select.settings.roomId);
  const mine = useRoom(select.access.permissions);
  const { busy, error, run } = useAction();
  const permissions = role.permissions ?? [];
  const preset = presetOf(permissions);
  const changed = (role.added?.length ?? 0) + (role.removed?.length ?? 0) > 0;
  const roleId = role.id ?? '';

  const change = (changes: Omit<UpdateRoleRequestJson, 'room' | 'roleId'>) =>
    void run(() => call(PermissionService.updateRole, { room, roleId, ...changes }));

  return (
    <div className="grid gap-4">
      {role.name && editable && <CustomRole key={role.name} role={role} busy={busy} onChange={change} />}
      {error && <Notice tone="bad">{error}</Notice>}
      {editable && (
        <Select
          label="Quick choice"
          disabled={busy}
          value={preset?.id ?? ''}
          onChange={({ target }) => {
            const next = PRESETS.find(({ id }) => id === target.value);
            if (next) change({ ...withExactly(role, next.permissions, PERMISSIONS), updateMask: 'added,removed' });
          }}
        >
          {!preset && <option value="">A mix of its own</option>}
          {PRESETS.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </Select>
      )}
      {editable && changed && (
        <Button
          size="sm"
          className="justify-self-start"
          disabled={busy}
          onClick={() => change({ added: [], removed: [], updateMask: 'added,removed' })}
        >
          Back to the default
        </Button>
      )}
      <PermissionList<Answer>
        label="What this role may do"
        options={[
          { value: 'yes', label: 'Yes' },
          { value: 'no', label: 'No' },
        ]}
        valueOf={(permission) => (permissions.includes(permission) ? 'yes' : 'no')}
        isDisabled={!editable || busy}
        whyNotOf={(permission) => (editable ? whyFixed(permission, mine) : '')}
        onChange={(permission, answer) =>
          change({ ...withRolePermission(role, permission, answer === 'yes'), updateMask: 'added,removed' })
        }
      />
    </div>
  );
}

interface CustomRoleProps {
  role: RoomRoleJson;
  busy: boolean;
  onChange: (changes: Omit<UpdateRoleRequestJson, 'room' | 'roleId'>) => void;
}

/** Name and colour of a role that the room made, and its end. */
function CustomRole({ role, busy, onChange }: CustomRoleProps) {
  const room = useRoom(select.settings.roomId);
  const [name, setName] = useState(role.name ?? '');
  const [sure, setSure] = useState(false);
  const { busy: deleting, error, run } = useAction();
  return (
    <div className="flex flex-wrap items-end gap-3">
      <TextField
        label="Name of the role"
        className="min-w-48 grow"
        maxLength={40}
        autoComplete="off"
        value={name}
        error={error}
        onChange={(event) => setName(event.target.value)}
        onBlur={() => {
          if (name.trim() && name.trim() !== role.name) onChange({ name: name.trim(), updateMask: 'name' });
        }}
      />
      <ColorField
        value={role.color ?? ''}
        disabled={busy}
        onChange={(color) => onChange({ color, updateMask: 'color' })}
      />
      <Button
        look="danger"
        busy={deleting}
        onClick={() =>
          sure ? void run(() => call(PermissionService.deleteRole, { room, roleId: role.id ?? '' })) : setSure(true)
        }
      >
        {sure ? 'Delete for good' : 'Delete role'}
      </Button>
    </div>
  );
}

interface ColorFieldProps {
  value: string;
  disabled?: boolean;
  onChange: (color: string) => void;
}

const DEFAULT_COLOR = '#7c8cff';

export function ColorField({ value, disabled = false, onChange }: ColorFieldProps) {
  return (
    <label className="grid gap-1.5 text-label text-soft">
      Colour
      <input
        type="color"
        disabled={disabled}
        value={value || DEFAULT_COLOR}
        onChange={(event) => onChange(event.target.value)}
        className="h-11 w-14 cursor-pointer rounded-control border border-edge bg-well p-1"
      />
    </label>
  );
}
