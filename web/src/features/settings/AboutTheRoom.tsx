import type { CategoryJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { CATEGORIES } from '../../room/categories';
import { IDLE_HOURS } from '../../room/choices';
import { labelsFault, labelsFrom } from '../../room/labels';
import { instantMs } from '../../room/when';
import { Options } from '../../ui/Options';
import { Select } from '../../ui/Select';
import { Switch } from '../../ui/Switch';
import { fromLocalInput, localInput } from './answers';
import { NumberSelect } from './NumberSelect';
import { SavedField } from './SavedField';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

const OVER = 'This time is over. Choose a later one.';

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
  const saveTime = (field: 'startsAt' | 'endsAt', text: string) => {
    const instant = fromLocalInput(text);
    save(instant === null ? {} : { [field]: instant }, field);
  };
  const startFault = (text: string) => (text && Date.parse(text) <= Date.now() ? OVER : '');
  const endFault = (text: string) => {
    if (!text) return '';
    if (Date.parse(text) <= Date.now()) return OVER;
    return Date.parse(text) <= (instantMs(room.startsAt) ?? 0) ? 'The end has to come after the start.' : '';
  };
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
          maxLength={400}
          autoComplete="off"
          value={(room.labels ?? []).join(', ')}
          faultOf={(text) => labelsFault(labelsFrom(text))}
          onSave={(text) => save({ labels: labelsFrom(text) }, 'labels')}
        />
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <SavedField
          label="Starts at"
          name="starts-at"
          type="datetime-local"
          hint="Until then the room counts down. Empty: at any time."
          value={localInput(room.startsAt)}
          faultOf={startFault}
          onSave={(text) => saveTime('startsAt', text)}
        />
        <SavedField
          label="Ends at"
          name="ends-at"
          type="datetime-local"
          hint="Then the room closes, whoever is in it. Empty: never."
          value={localInput(room.endsAt)}
          faultOf={endFault}
          onSave={(text) => saveTime('endsAt', text)}
        />
      </div>
      {room.startsAt && (
        <Switch
          label="Start by itself at the start time"
          hint="Once somebody is here and there is a video, up to 10 minutes later."
          checked={room.autoStart === true}
          onChange={(autoStart) => save({ autoStart }, 'autoStart')}
        />
      )}
      <NumberSelect
        label="Without people the room ends"
        choices={IDLE_HOURS}
        value={room.idleHours ?? 0}
        words={(hours) => `After ${hours} hours`}
        onSave={(idleHours) => save({ idleHours }, 'idleHours')}
      />
    </Section>
  );
}
