import { useMemo, useState } from 'react';
import { useRoom } from '../../room/hooks';
import { lookAlikes } from '../../room/lookAlike';
import { type Person, people } from '../../room/people';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { HandOver } from './HandOver';
import { MuteDialog } from './MuteDialog';
import { PersonRow } from './PersonRow';
import { RemoveDialog } from './RemoveDialog';
import { WaitingCards } from './WaitingCards';

/** As many rows as a panel can show without being slow. */
const PAGE = 100;

export type Asked = { about: 'hand-over' | 'mute' | 'remove'; person: Person };

/** What waits for a decision, then who is here. */
export function MembersPanel() {
  const sessions = useRoom(select.members.sessions);
  const ownerId = useRoom(select.settings.ownerId);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [limit, setLimit] = useState(PAGE);
  const everyone = useMemo(() => inOrder(people(sessions), ownerId), [sessions, ownerId]);
  const shown = everyone.slice(0, limit);
  const alike = useMemo(() => lookAlikes(everyone), [everyone]);
  const ownerIsHere = !ownerId || everyone.some((person) => person.id === ownerId);
  const close = () => setAsked(null);
  return (
    <div className="slim-scroll min-h-0 grow overflow-y-auto p-3">
      <WaitingCards />
      {!ownerIsHere && (
        <p className="mb-2 rounded-2xl bg-well px-3 py-2 text-sm text-soft">The owner isn’t here right now.</p>
      )}
      <ul aria-label="People in this room" className="grid grid-cols-[minmax(0,1fr)] gap-0.5">
        {shown.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            isAlike={person.id !== ownerId && alike.has(person.id)}
            onAsk={setAsked}
          />
        ))}
      </ul>
      {everyone.length > limit && (
        <Button className="mx-auto mt-2 flex" onClick={() => setLimit(limit + PAGE)}>
          Show more
        </Button>
      )}
      {asked?.about === 'hand-over' && <HandOver person={asked.person} onClose={close} />}
      {asked?.about === 'mute' && <MuteDialog person={asked.person} onClose={close} />}
      {asked?.about === 'remove' && <RemoveDialog person={asked.person} onClose={close} />}
    </div>
  );
}

/** The owner, then moderators, then everyone else, each in the order of joining. */
function inOrder(everyone: readonly Person[], ownerId: string): Person[] {
  const place = ({ id, member }: Person) => (id === ownerId ? 0 : member.role === 'ROLE_MODERATOR' ? 1 : 2);
  return everyone.toSorted((a, b) => place(a) - place(b));
}
