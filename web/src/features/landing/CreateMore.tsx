import { CATEGORIES } from '../../room/categories';
import { IDLE_HOURS, SLOW_MODES } from '../../room/choices';
import { QUEUE_CHOICES, type QueueChoice } from '../../room/queueModes';
import { FINDS } from '../../room/visibility';
import { Check } from '../../ui/Check';
import { Choice, type Option } from '../../ui/Choice';
import { Options } from '../../ui/Options';
import { Range } from '../../ui/Range';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import type { Controls, Draft, faultsOf, StartsWhen, WhenAway } from './createDraft';
import { Description, Part } from './FormParts';

const CONTROLS: readonly Option<Controls>[] = [
  { value: 'everyone', label: 'Everyone', hint: 'Play, pause and jump for all' },
  { value: 'selected', label: 'You and people you choose', hint: 'Others can ask' },
  { value: 'owner', label: 'You alone', hint: 'Others can ask' },
];
const STARTS: readonly Option<StartsWhen>[] = [
  { value: 'all', label: 'Everyone is ready', hint: 'The slowest person decides' },
  { value: 'most', label: 'Half of the people are ready', hint: 'The others catch up' },
  { value: 'none', label: 'Play is pressed' },
];
const AWAY: readonly Option<WhenAway>[] = [
  { value: 'longest', label: 'The person who has been here longest takes over' },
  { value: 'moderators', label: 'A moderator takes over', hint: 'Who joined first, of those who are here' },
  { value: 'wait', label: 'The room pauses until you are back' },
];
interface Props {
  draft: Draft;
  faults: ReturnType<typeof faultsOf>;
  onChange: (part: Partial<Draft>) => void;
}

/** Every setting of a room, in the questions that a host asks. */
export function CreateMore({ draft, faults, onChange }: Props) {
  const byInvite = draft.finds === 'invited';
  return (
    <>
      <Choice label="Who finds it" options={FINDS} value={draft.finds} onChange={(finds) => onChange({ finds })} />
      <Part title="Who can join">
        <Check
          label="People without an account may come in"
          hint="They choose a name, and are shown as guests."
          checked={draft.guests}
          onChange={(guests) => onChange({ guests })}
        />
        <Check
          label={byInvite ? 'Others can ask to come in' : 'After a yes from us'}
          hint={byInvite ? 'They see the name of the room. Moderators decide.' : 'Moderators see a request and decide.'}
          checked={draft.approval}
          onChange={(approval) => onChange({ approval })}
        />
        {!byInvite && (
          <TextField
            label="Password"
            type="password"
            autoComplete="new-password"
            hint="Share it apart from the link. Empty: none."
            maxLength={256}
            value={draft.password}
            onChange={(event) => onChange({ password: event.target.value })}
          />
        )}
        <TextField
          label="People at once, at most"
          type="number"
          inputMode="numeric"
          min={2}
          max={10_000}
          value={Number.isNaN(draft.maxParticipants) ? '' : draft.maxParticipants}
          error={faults.maxParticipants ?? ''}
          onChange={(event) => onChange({ maxParticipants: event.target.valueAsNumber })}
        />
      </Part>
      <Part title="Who controls">
        <Choice
          label="Who controls playback"
          bare
          options={CONTROLS}
          value={draft.controls}
          onChange={(controls) => onChange({ controls })}
        />
        <Choice
          label="When you are away"
          options={AWAY}
          value={draft.whenAway}
          onChange={(whenAway) => onChange({ whenAway })}
        />
      </Part>
      <Part title="How it plays">
        <Choice
          label="Start when"
          options={STARTS}
          value={draft.startsWhen}
          onChange={(startsWhen) => onChange({ startsWhen })}
        />
        {draft.startsWhen !== 'none' && (
          <Range
            label="Wait at most"
            min={1}
            max={60}
            step={1}
            value={draft.waitSeconds}
            text={`${draft.waitSeconds} s`}
            onChange={(waitSeconds) => onChange({ waitSeconds })}
          />
        )}
        <Select
          label="What plays next"
          value={draft.queue}
          onChange={(event) => onChange({ queue: event.target.value as QueueChoice })}
        >
          <Options options={QUEUE_CHOICES} />
        </Select>
        <Check
          label="Stop at the end of each video"
          checked={draft.stopAtEnd}
          onChange={(stopAtEnd) => onChange({ stopAtEnd })}
        />
        <Check
          label="People can vote to skip"
          hint="More than half of the people here decide."
          checked={draft.skipVotes}
          onChange={(skipVotes) => onChange({ skipVotes })}
        />
      </Part>
      <Part title="Chat">
        <Check label="People can write" checked={draft.chat} onChange={(chat) => onChange({ chat })} />
        {draft.chat && (
          <>
            <Select
              label="How often one person can write"
              value={draft.slowModeSeconds}
              onChange={(event) => onChange({ slowModeSeconds: Number(event.target.value) })}
            >
              <Options options={SLOW_MODES} />
            </Select>
            <Check
              label="Links in messages"
              checked={draft.chatLinks}
              onChange={(chatLinks) => onChange({ chatLinks })}
            />
          </>
        )}
      </Part>
      <Part title="Voice">
        <Check
          label="Voice"
          hint="Off: nobody talks, not even you."
          checked={draft.voice}
          onChange={(voice) => onChange({ voice })}
        />
      </Part>
      <Part title="What and when">
        <Description value={draft.description} onChange={(description) => onChange({ description })} />
        <Select
          label="Kind"
          value={draft.category}
          onChange={(event) => onChange({ category: event.target.value as Draft['category'] })}
        >
          <option value="CATEGORY_UNSPECIFIED">None</option>
          <Options options={CATEGORIES} />
        </Select>
        <TextField
          label="Labels"
          placeholder="horror, 80s"
          hint="People find the room by them."
          autoComplete="off"
          maxLength={400}
          value={draft.labels}
          error={faults.labels ?? ''}
          onChange={(event) => onChange({ labels: event.target.value })}
        />
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label="Starts at"
            type="datetime-local"
            value={draft.startsAt}
            error={faults.startsAt ?? ''}
            onChange={(event) => onChange({ startsAt: event.target.value })}
          />
          <TextField
            label="Ends at"
            type="datetime-local"
            value={draft.endsAt}
            error={faults.endsAt ?? ''}
            onChange={(event) => onChange({ endsAt: event.target.value })}
          />
        </div>
        {draft.startsAt && (
          <Check
            label="Start by itself at the start time"
            hint="Once somebody is here and there is a video, up to 10 minutes later."
            checked={draft.autoStart}
            onChange={(autoStart) => onChange({ autoStart })}
          />
        )}
        <Select
          label="Without people the room ends"
          value={draft.idleHours}
          onChange={(event) => onChange({ idleHours: Number(event.target.value) })}
        >
          <Options options={IDLE_HOURS} />
        </Select>
      </Part>
    </>
  );
}
