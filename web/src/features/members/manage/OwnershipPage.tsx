import { useState } from 'react';
import { call } from '../../../api/call';
import { RoomService } from '../../../api/gen/services';
import { useAction, useRoom } from '../../../room/hooks';
import { type Person, people } from '../../../room/people';
import { select } from '../../../room/store';
import { Button } from '../../../ui/Button';
import { LinkField } from '../../../ui/LinkField';
import { Notice } from '../../../ui/Notice';
import { Select } from '../../../ui/Select';
import { HandOver } from '../HandOver';

/** Who owns the room: hands it over, and keeps a way back for an owner who loses this device. Only for the owner. */
export function OwnershipPage() {
  const sessions = useRoom(select.members.sessions);
  const ownerId = useRoom(select.settings.ownerId);
  const candidates = people(sessions).filter(({ id }) => id !== ownerId);
  const [chosen, setChosen] = useState('');
  const [heir, setHeir] = useState<Person | null>(null);
  const person = candidates.find(({ id }) => id === chosen);
  return (
    <>
      <section aria-label="Hand the room over" className="grid gap-3">
        <h3 className="text-title">Hand the room over</h3>
        <Select label="Who gets it" value={person?.id ?? ''} onChange={(event) => setChosen(event.target.value)}>
          <option value="">{candidates.length ? 'Choose someone who is here' : 'Nobody else is here yet'}</option>
          {candidates.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Button className="justify-self-start" disabled={!person} onClick={() => setHeir(person ?? null)}>
          Hand over …
        </Button>
        {heir && <HandOver person={heir} onClose={() => setHeir(null)} />}
      </section>
      <Recovery />
    </>
  );
}

function Recovery() {
  const room = useRoom(select.settings.roomId);
  const code = useRoom((state) => state.settings?.code ?? '');
  const [link, setLink] = useState('');
  const { busy, error, run } = useAction();
  const create = () =>
    run(async () => {
      const { secret = '' } = await call(RoomService.createRecovery, { room });
      setLink(`${location.origin}/r/${code}#recover=${secret}`);
    });
  return (
    <section aria-label="Recovery link" className="grid gap-3">
      <h3 className="text-title">Recovery link</h3>
      <p className="text-sm text-soft">
        Keep it somewhere safe. With it you own this room on any device, even without an account. Whoever has the link
        can take the room.
      </p>
      {error && <Notice tone="bad">{error}</Notice>}
      {link ? (
        <LinkField label="Shown only now; a new one replaces it" link={link} />
      ) : (
        <Button className="justify-self-start" busy={busy} onClick={() => void create()}>
          Make a recovery link
        </Button>
      )}
    </section>
  );
}
