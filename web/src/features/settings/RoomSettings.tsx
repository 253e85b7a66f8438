import { type FormEvent, useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { RoomService } from '../../api/gen/services';
import { useRoom } from '../../room/hooks';
import { people } from '../../room/people';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Check';
import { Choice, type Option } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { Range } from '../../ui/Range';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import { notify } from '../../ui/toasts';
import { draftFrom, MAX_LIMIT_SECONDS, MIN_LIMIT_SECONDS, policyFrom, type WaitFor, type WhenAway } from './policy';

const WAIT_FOR: readonly Option<WaitFor>[] = [
  { value: 'all', label: 'Everyone is ready', hint: 'The slowest person decides' },
  { value: 'part', label: 'Most people are ready', hint: 'The others catch up' },
  { value: 'none', label: 'Play is pressed', hint: 'No waiting: anyone who isn’t ready catches up' },
];

const WHEN_AWAY: readonly Option<WhenAway>[] = [
  { value: 'order', label: 'The person who has been here longest takes over' },
  { value: 'named', label: 'A person you choose takes over' },
  { value: 'wait', label: 'The room pauses until the owner is back' },
];

/** The room's settings. Nothing changes until they are saved. */
export function RoomSettings({ onClose }: { onClose: () => void }) {
  const room = useRoom(select.settings.room);
  const [draft, setDraft] = useState(() => draftFrom(room?.policy));
  const [name, setName] = useState(room?.name ?? '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const change = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const unnamed = draft.whenAway === 'named' && !draft.delegateId;

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (unnamed) {
      setError('Choose who takes over, then save again.');
      return;
    }
    setBusy(true);
    setError('');
    try {
      const updateMask = name.trim() === room?.name ? 'policy' : 'policy,name';
      await call(RoomService.updateRoom, {
        room: room?.id ?? '',
        policy: policyFrom(draft),
        name: name.trim(),
        updateMask,
      });
      notify('Settings saved');
      onClose();
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog title="Room settings" wide onClose={onClose}>
      <form onSubmit={(event) => void save(event)} className="grid gap-5">
        <TextField
          label="Room name"
          name="room-name"
          maxLength={80}
          required
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Choice
          label="Start when"
          options={WAIT_FOR}
          value={draft.waitFor}
          onChange={(waitFor) => change({ waitFor })}
        />
        {draft.waitFor === 'part' && (
          <Range
            label="How many must be ready"
            min={10}
            max={100}
            step={5}
            value={draft.percent}
            text={`${draft.percent}%`}
            onChange={(percent) => change({ percent })}
          />
        )}
        {draft.waitFor !== 'none' && (
          <Range
            label="Wait at most"
            min={MIN_LIMIT_SECONDS}
            max={MAX_LIMIT_SECONDS}
            step={1}
            value={draft.limitSeconds}
            text={`${draft.limitSeconds} s`}
            onChange={(limitSeconds) => change({ limitSeconds })}
          />
        )}
        <Choice
          label="When the owner is away"
          options={WHEN_AWAY}
          value={draft.whenAway}
          onChange={(whenAway) => change({ whenAway })}
        />
        {draft.whenAway === 'named' && (
          <Delegate value={draft.delegateId} onChange={(delegateId) => change({ delegateId })} />
        )}
        <Check
          label="Stop at the end of each video"
          hint="Otherwise the next video in the playlist starts."
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
  const sessions = useRoom(select.members.sessions);
  const ownerId = useRoom(select.settings.ownerId);
  const candidates = people(sessions).filter((person) => person.id !== ownerId);
  const absent = value !== '' && !candidates.some((person) => person.id === value);
  return (
    <Select label="Who takes over" value={value} onChange={(event) => onChange(event.target.value)}>
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
