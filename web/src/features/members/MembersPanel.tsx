import { Crown } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useRoom } from '../../room/hooks';
import { type Person, people } from '../../room/people';
import { personStatus } from '../../room/status';
import { select } from '../../room/store';
import { Avatar } from '../../ui/Avatar';
import { IconButton } from '../../ui/Button';
import { Chip, Dot } from '../../ui/Chip';
import { DeviceIcons } from './DeviceIcons';
import { HandOver } from './HandOver';

export function MembersPanel() {
  const sessions = useRoom(select.members.sessions);
  const ownerId = useRoom(select.settings.ownerId);
  const [heir, setHeir] = useState<Person | null>(null);
  const shown = useMemo(() => people(sessions), [sessions]);
  const ownerIsHere = !ownerId || shown.some((person) => person.id === ownerId);
  return (
    <div className="slim-scroll min-h-0 grow overflow-y-auto p-3">
      {!ownerIsHere && (
        <p className="mb-2 rounded-2xl bg-well px-3 py-2 text-sm text-soft">The owner isn’t here right now.</p>
      )}
      <ul aria-label="People in this room">
        {shown.map((person) => (
          <PersonRow key={person.id} person={person} onHandOver={() => setHeir(person)} />
        ))}
      </ul>
      {heir && <HandOver person={heir} onClose={() => setHeir(null)} />}
    </div>
  );
}

function PersonRow({ person, onHandOver }: { person: Person; onHandOver: () => void }) {
  const sessionId = useRoom(select.connection.sessionId);
  const connection = useRoom(select.connection.status);
  const state = useRoom(select.player.state);
  const myself = useRoom(select.access.mySubjectId);
  const ownerId = useRoom(select.settings.ownerId);
  const status = personStatus(person, { sessionId, connection, state });
  const own = person.id === myself;
  return (
    <li className="flex items-center gap-3 rounded-2xl px-2 py-2">
      <Avatar id={person.id} name={person.name} size={34} />
      <div className="min-w-0 grow">
        <p className="flex items-center gap-1.5 truncate font-semibold">
          <span className="truncate">{person.name}</span>
          {person.id === ownerId && <Crown size={14} className="shrink-0 text-warn" aria-label="owner" />}
          {own && <Chip>you</Chip>}
          <DeviceIcons person={person} />
        </p>
        <p className="flex items-center gap-1.5 text-sm text-soft">
          <Dot tone={status.tone} />
          {status.label}
        </p>
      </div>
      {myself === ownerId && !own && (
        <IconButton label={`Make ${person.name} the owner`} onClick={onHandOver} className="text-faint hover:text-ink">
          <Crown size={17} />
        </IconButton>
      )}
    </li>
  );
}
