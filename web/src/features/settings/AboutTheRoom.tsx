import type { CategoryJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import { fromLocalInput, labelsFrom, localInput } from './answers';
import { SavedField } from './SavedField';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

const CATEGORIES: readonly { value: CategoryJson; label: string }[] = [
  { value: 'CATEGORY_UNSPECIFIED', label: 'Not said' },
  { value: 'CATEGORY_FILMS', label: 'Films' },
  { value: 'CATEGORY_SERIES', label: 'Series' },
  { value: 'CATEGORY_ANIME', label: 'Anime and cartoons' },
  { value: 'CATEGORY_MUSIC', label: 'Music and concerts' },
  { value: 'CATEGORY_SPORT', label: 'Sport' },
  { value: 'CATEGORY_GAMES', label: 'Games' },
  { value: 'CATEGORY_LEARNING', label: 'Documentaries, talks and lessons' },
  { value: 'CATEGORY_SHORTS', label: 'Short videos' },
  { value: 'CATEGORY_OTHER', label: 'Something else' },
];

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
          {CATEGORIES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
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
