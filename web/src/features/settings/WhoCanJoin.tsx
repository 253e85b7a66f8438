import { Switch } from '../../ui/Switch';
import { SavedField } from './SavedField';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

const MIN_PEOPLE = 2;
const MAX_PEOPLE = 10_000;

export function WhoCanJoin({ form: { room, save } }: { form: RoomSettingsForm }) {
  return (
    <Section title="Who can join">
      <Switch
        label="Guests can join"
        hint="People without an account. Off: everybody signs in first."
        checked={!room.guestsForbidden}
        onChange={(allowed) => save({ guestsForbidden: !allowed }, 'guestsForbidden')}
      />
      <Switch
        label="Listed on the front page"
        checked={room.visibility === 'VISIBILITY_PUBLIC'}
        onChange={(listed) => save({ visibility: listed ? 'VISIBILITY_PUBLIC' : 'VISIBILITY_UNLISTED' }, 'visibility')}
      />
      <SavedField
        label="Most people at once"
        name="max-people"
        type="number"
        inputMode="numeric"
        min={MIN_PEOPLE}
        max={MAX_PEOPLE}
        required
        value={String(room.maxParticipants ?? '')}
        onSave={(text) => save({ maxParticipants: Number(text) }, 'maxParticipants')}
      />
    </Section>
  );
}
