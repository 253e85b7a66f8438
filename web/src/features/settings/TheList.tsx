import type { QueuePolicyJson } from '../../api/gen/syncwatch/room/v1/queue_pb';
import { QUEUE_CHOICES, type QueueChoice, queueChoice, queueMode } from '../../room/queueModes';
import { Options } from '../../ui/Options';
import { Select } from '../../ui/Select';
import { Switch } from '../../ui/Switch';
import { SavedField } from './SavedField';
import { SavedRange } from './SavedRange';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

const DEFAULT_SKIP_PERCENT = 50;
const MAX_ITEMS = 10_000;

/** How the room goes through what is up next, and how many videos each person adds to it. */
export function TheList({ form: { room, save } }: { form: RoomSettingsForm }) {
  const { queue } = room;
  const change = (part: QueuePolicyJson, field: keyof QueuePolicyJson) =>
    save({ queue: { ...queue, ...part } }, `queue.${field}`);
  const loopsOne = queue?.mode === 'QUEUE_MODE_LOOP_ONE';
  const skipPercent = queue?.skipPercent || DEFAULT_SKIP_PERCENT;
  return (
    <Section title="Up next">
      <Select
        label="What plays next"
        value={loopsOne ? 'one' : queueChoice(queue?.mode)}
        onChange={(event) => change({ mode: queueMode(event.target.value as QueueChoice) }, 'mode')}
      >
        {loopsOne && <option value="one">The same video again</option>}
        <Options options={QUEUE_CHOICES} />
      </Select>
      <Switch
        label="People can vote to skip"
        checked={!queue?.skipDisabled}
        onChange={(on) => change({ skipDisabled: !on }, 'skipDisabled')}
      />
      {!queue?.skipDisabled && (
        <SavedRange
          label="More than this part of them must want it"
          min={5}
          max={100}
          step={5}
          value={skipPercent}
          unit=" %"
          onSave={(percent) => change({ skipPercent: percent }, 'skipPercent')}
        />
      )}
      <SavedField
        label="Most videos of one person in the list"
        name="max-items"
        type="number"
        inputMode="numeric"
        min={0}
        max={MAX_ITEMS}
        hint="Empty: as many as they like. It does not hold for those who order the list."
        value={queue?.maxItemsPerPerson ? String(queue.maxItemsPerPerson) : ''}
        faultOf={(text) =>
          Number.isInteger(Number(text)) && Number(text) >= 0 && Number(text) <= MAX_ITEMS
            ? ''
            : `Choose a whole number up to ${MAX_ITEMS.toLocaleString('en')}.`
        }
        onSave={(text) => change({ maxItemsPerPerson: Number(text) }, 'maxItemsPerPerson')}
      />
    </Section>
  );
}
