import { useRoom } from '../../room/hooks';
import { people } from '../../room/people';
import { select } from '../../room/store';
import { Choice, type Option } from '../../ui/Choice';
import { Select } from '../../ui/Select';
import { handOver, type WhenAway, whenAway } from './answers';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

const OPTIONS: readonly Option<WhenAway>[] = [
  { value: 'order', label: 'The person who has been here longest takes over' },
  { value: 'moderators', label: 'A moderator takes over', hint: 'Who joined first, of those who are here' },
  { value: 'named', label: 'A person you choose takes over' },
  { value: 'wait', label: 'The room pauses until the owner is back' },
];
const MAX_DELEGATES = 3;

export function IfTheOwnerLeaves({ form: { room, save } }: { form: RoomSettingsForm }) {
  const isOwner = useRoom(select.access.mySubjectId) === room.ownerId;
  const { policy } = room;
  const answer = whenAway(policy);
  const delegates = policy?.delegateIds ?? [];
  const setDelegate = (place: number, id: string) => {
    const delegateIds = delegates.with(place, id).filter((one, at, all) => one && all.indexOf(one) === at);
    save({ policy: { ...policy, delegateIds } }, 'policy.delegateIds');
  };
  return (
    <Section title="If the owner leaves">
      <Choice
        label="If the owner leaves"
        bare
        disabled={!isOwner}
        options={OPTIONS}
        value={answer}
        onChange={(value) => save({ policy: { ...policy, handOver: handOver(value) } }, 'policy.handOver')}
      />
      {answer === 'named' &&
        isOwner &&
        [...delegates, '']
          .slice(0, MAX_DELEGATES)
          .map((id, place) => (
            <Delegate
              key={`${place} ${id}`}
              label={place === 0 ? 'Who takes over' : 'If they aren’t here'}
              value={id}
              onChange={(next) =>
                place < delegates.length
                  ? setDelegate(place, next)
                  : save({ policy: { ...policy, delegateIds: [...delegates, next] } }, 'policy.delegateIds')
              }
            />
          ))}
      {!isOwner && <p className="text-small text-soft">Only the owner of the room can change this.</p>}
    </Section>
  );
}

interface DelegateProps {
  label: string;
  value: string;
  onChange: (subjectId: string) => void;
}

function Delegate({ label, value, onChange }: DelegateProps) {
  const sessions = useRoom(select.members.sessions);
  const ownerId = useRoom(select.settings.ownerId);
  const candidates = people(sessions).filter((person) => person.id !== ownerId);
  const absent = value !== '' && !candidates.some((person) => person.id === value);
  return (
    <Select label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{candidates.length ? 'Choose someone' : 'Nobody else is here yet'}</option>
      {absent && <option value={value}>Someone who isn’t here now</option>}
      {candidates.map((person) => (
        <option key={person.id} value={person.id}>
          {person.name}
        </option>
      ))}
    </Select>
  );
}
