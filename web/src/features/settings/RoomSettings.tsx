import { useState, type FormEvent } from 'react';
import { updateRoom } from '../../api/endpoints';
import { explain } from '../../api/errors';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Check';
import { Choice, type Option } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { Range } from '../../ui/Range';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import { notify } from '../../ui/toasts';
import { people } from '../members/people';
import { useRoom } from '../room/context';
import { draftFrom, MAX_LIMIT_SECONDS, MIN_LIMIT_SECONDS, policyFrom, type WaitFor, type WhenAway } from './policy';

const WAIT_FOR: readonly Option<WaitFor>[] = [
  { value: 'all', label: 'Everyone', hint: 'It begins when the last one is ready' },
  { value: 'part', label: 'Part of the people', hint: 'It begins when enough of them are ready' },
  { value: 'none', label: 'Nobody', hint: 'It begins at once; the others catch up' },
];

const WHEN_AWAY: readonly Option<WhenAway>[] = [
  { value: 'order', label: 'Whoever has been here longest takes over' },
  { value: 'named', label: 'Someone you name takes over' },
  { value: 'wait', label: 'The room stands still until the owner is back' },
];

/** What the room decided, to be changed. Nothing changes before it is saved. */
export function RoomSettings({ onClose }: { onClose: () => void }) {
  const room = useRoom((state) => state.room);
  const [draft, setDraft] = useState(() => draftFrom(room?.policy));
  const [name, setName] = useState(room?.name ?? '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const change = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const unnamed = draft.whenAway === 'named' && !draft.delegateId;

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (unnamed) {
      setError('Choose who takes over.');
      return;
    }
    setBusy(true);
    setError('');
    try {
      await updateRoom(room?.id ?? '', { policy: policyFrom(draft), name: name.trim() === room?.name ? '' : name.trim() });
      notify('The settings are saved.');
      onClose();
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog title="Room settings" wide onClose={onClose}>
      <form onSubmit={(event) => void save(event)} className="grid gap-5">
        <TextField label="Name of the room" name="room-name" maxLength={80} required autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
        <Choice label="A start waits for" options={WAIT_FOR} value={draft.waitFor} onChange={(waitFor) => change({ waitFor })} />
        {draft.waitFor === 'part' && (
          <Range label="How many have to be ready" min={10} max={100} step={5} value={draft.percent} text={`${draft.percent} %`} onChange={(percent) => change({ percent })} />
        )}
        {draft.waitFor !== 'none' && (
          <Range
            label="It waits at most"
            min={MIN_LIMIT_SECONDS}
            max={MAX_LIMIT_SECONDS}
            step={1}
            value={draft.limitSeconds}
            text={`${draft.limitSeconds} s`}
            onChange={(limitSeconds) => change({ limitSeconds })}
          />
        )}
        <Choice label="When the owner is away" options={WHEN_AWAY} value={draft.whenAway} onChange={(whenAway) => change({ whenAway })} />
        {draft.whenAway === 'named' && <Delegate value={draft.delegateId} onChange={(delegateId) => change({ delegateId })} />}
        <Check
          label="Stop at the end of each video"
          hint="Otherwise the next one on the playlist follows."
          checked={draft.stopAtEnd}
          onChange={(stopAtEnd) => change({ stopAtEnd })}
        />
        {error && <Notice tone="bad">{error}</Notice>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button look="lit" type="submit" busy={busy} disabled={!name.trim()}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Delegate({ value, onChange }: { value: string; onChange: (subjectId: string) => void }) {
  const sessions = useRoom((state) => state.sessions);
  const ownerId = useRoom((state) => state.room?.ownerId);
  const candidates = people(sessions).filter((person) => person.id !== ownerId);
  const absent = value !== '' && !candidates.some((person) => person.id === value);
  return (
    <Select label="Who takes over" value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{candidates.length ? 'Choose someone' : 'Nobody else is here yet'}</option>
      {absent && <option value={value}>Someone who is not here now</option>}
      {candidates.map((person) => (
        <option key={person.id} value={person.id}>
          {person.name}
        </option>
      ))}
    </Select>
  );
}
