import type { CategoryJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { CATEGORIES } from '../../room/categories';
import { labelsFrom } from '../../room/labels';
import { Options } from '../../ui/Options';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import { fromLocalInput, localInput } from './answers';
import { SavedField } from './SavedField';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

export function RoomName({ form: { room, save } }: { form: RoomSettingsForm }) {
  return (
    <SavedField
      label="Room name"
      name="room-name"
      maxLength={80}
      required
      autoComplete="off"
      value={room.name ?? ''}
      onSave={(name) => save({ name }, 'name')}
    />
  );
}

/** What it is about, and when it begins. */
export function AboutTheRoom({ form: { room, save } }: { form: RoomSettingsForm }) {
  return (
    <Section title="About the room">
      <SavedField
        label="What it’s about"
        name="room-description"
        maxLength={1000}
        autoComplete="off"
        value={room.description ?? ''}
        onSave={(description) => save({ description }, 'description')}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <Select
          label="What you watch"
          value={room.category ?? 'CATEGORY_UNSPECIFIED'}
          onChange={(event) => save({ category: event.target.value as CategoryJson }, 'category')}
        >
          <option value="CATEGORY_UNSPECIFIED">Not said</option>
          <Options options={CATEGORIES} />
        </Select>
        <SavedField
          label="Labels, with commas"
          name="room-labels"
          maxLength={320}
          autoComplete="off"
          value={(room.labels ?? []).join(', ')}
          onSave={(text) => save({ labels: labelsFrom(text) }, 'labels')}
        />
      </div>
      <TextField
        label="Starts at"
        name="starts-at"
        type="datetime-local"
        hint="Until then the room counts down. Leave it empty to begin at any time."
        value={localInput(room.startsAt)}
        onChange={(event) => {
          const startsAt = fromLocalInput(event.target.value);
          save(startsAt === null ? {} : { startsAt }, 'startsAt');
        }}
      />
    </Section>
  );
}
