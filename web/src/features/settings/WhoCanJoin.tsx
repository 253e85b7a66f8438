import { type FormEvent, useState } from 'react';
import { call } from '../../api/call';
import { RoomService } from '../../api/gen/services';
import { setRoomPassword } from '../../api/roomPassword';
import { FINDS, type Finds, visibilityOf, whoFinds } from '../../room/visibility';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Switch } from '../../ui/Switch';
import { TextField } from '../../ui/TextField';
import { joinOptions, type WhoJoins, whoJoins } from './answers';
import { SavedField } from './SavedField';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

const MIN_PEOPLE = 2;
const MAX_PEOPLE = 10_000;

export function WhoCanJoin({ form }: { form: RoomSettingsForm }) {
  const { room, save, apply } = form;
  const stored = whoJoins(room);
  // "With a password" is saved with the password.
  const [choosesPassword, setChoosesPassword] = useState(false);
  const shown: WhoJoins = choosesPassword ? 'password' : stored;
  const people = room.maxParticipants ?? 0;

  const choose = (answer: WhoJoins) => {
    setChoosesPassword(answer === 'password');
    if (answer === 'password' || answer === stored) return;
    const join = { ...room.join, approval: answer === 'approval' };
    if (!join.passwordSet) {
      save({ join }, 'join.approval');
      return;
    }
    apply(
      async () => {
        await setRoomPassword(room.id ?? '', '');
        return call(RoomService.updateRoom, { room: room.id ?? '', join, updateMask: 'join.approval' });
      },
      { join: { ...join, passwordSet: false } },
    );
  };

  const setPassword = (password: string) => {
    setChoosesPassword(false);
    apply(() => setRoomPassword(room.id ?? '', password), { join: { ...room.join, passwordSet: true } });
  };

  return (
    <Section title="Who can join">
      <Choice<Finds>
        label="Who finds it"
        options={FINDS}
        value={whoFinds(room.visibility)}
        onChange={(finds) => save({ visibility: visibilityOf(finds) }, 'visibility')}
      />
      <Choice<WhoJoins> label="Who can join" bare value={shown} onChange={choose} options={joinOptions(room, stored)} />
      {shown === 'password' && <Password isSet={stored === 'password'} onSet={setPassword} />}
      {shown === 'password' && stored === 'password' && (
        <Switch
          label="And after a yes from us"
          hint="Whoever knows the password still waits until you let them in."
          checked={room.join?.approval === true}
          onChange={(approval) => save({ join: { ...room.join, approval } }, 'join.approval')}
        />
      )}
      <Switch
        label="Guests can join"
        hint="People without an account. Off: everybody signs in first."
        checked={!room.guestsForbidden}
        onChange={(allowed) => save({ guestsForbidden: !allowed }, 'guestsForbidden')}
      />
      <SavedField
        label="Most people at once"
        name="max-people"
        type="number"
        inputMode="numeric"
        min={MIN_PEOPLE}
        max={MAX_PEOPLE}
        required
        value={String(people)}
        faultOf={(text) =>
          Number.isInteger(Number(text)) && Number(text) >= MIN_PEOPLE && Number(text) <= MAX_PEOPLE
            ? ''
            : `Choose a whole number from ${MIN_PEOPLE} to ${MAX_PEOPLE.toLocaleString('en')}.`
        }
        onSave={(text) => save({ maxParticipants: Number(text) }, 'maxParticipants')}
      />
    </Section>
  );
}

function Password({ isSet, onSet }: { isSet: boolean; onSet: (password: string) => void }) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!text) return;
    onSet(text);
    setText('');
  };
  return (
    <form onSubmit={submit}>
      <TextField
        label={isSet ? 'New password' : 'Password'}
        name="room-password"
        type="password"
        autoComplete="new-password"
        maxLength={256}
        hint={
          isSet ? 'There is a password. People who are in the room stay.' : 'Nobody can read it later, not even you.'
        }
        value={text}
        onChange={(event) => setText(event.target.value)}
        action={
          <Button type="submit" size="sm" look="lit" disabled={!text}>
            {isSet ? 'Change' : 'Set'}
          </Button>
        }
      />
    </form>
  );
}
