import { type FormEvent, useState } from 'react';
import { call } from '../../../api/call';
import { PermissionService } from '../../../api/gen/services';
import { useAction, useRoom } from '../../../room/hooks';
import { outranks } from '../../../room/ranks';
import { select } from '../../../room/store';
import { Button } from '../../../ui/Button';
import { Choice } from '../../../ui/Choice';
import { TextField } from '../../../ui/TextField';
import { ColorField } from './RoleEditor';

type Base = 'ROLE_MEMBER' | 'ROLE_MODERATOR';

/** Makes a role of the room's own. It begins with what its base may do. */
export function NewRole({ onDone }: { onDone: (id: string) => void }) {
  const room = useRoom(select.settings.roomId);
  const myRole = useRoom((state) => state.access.me?.role);
  const [name, setName] = useState('');
  const [color, setColor] = useState('');
  const [base, setBase] = useState<Base>('ROLE_MEMBER');
  const { busy, error, run } = useAction();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      const { role } = await call(PermissionService.createRole, { room, name: name.trim(), color, base });
      onDone(role?.id ?? '');
    });
  };
  return (
    <form onSubmit={submit} aria-label="New role" className="card grid gap-4 p-4">
      <div className="flex flex-wrap items-start gap-3">
        <TextField
          label="Name of the new role"
          className="min-w-48 grow"
          placeholder="DJ"
          maxLength={40}
          required
          autoComplete="off"
          value={name}
          error={error}
          onChange={(event) => setName(event.target.value)}
        />
        <ColorField value={color} onChange={setColor} />
      </div>
      {outranks(myRole, 'ROLE_MODERATOR') && (
        <Choice<Base>
          label="It begins with what"
          value={base}
          onChange={setBase}
          options={[
            { value: 'ROLE_MEMBER', label: 'members may do' },
            { value: 'ROLE_MODERATOR', label: 'moderators may do' },
          ]}
        />
      )}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={() => onDone('')}>
          Cancel
        </Button>
        <Button type="submit" look="lit" busy={busy} disabled={!name.trim()}>
          Make role
        </Button>
      </div>
    </form>
  );
}
