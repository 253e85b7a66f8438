import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { Check } from '../../ui/Check';
import { Choice, type Option } from '../../ui/Choice';
import { Range } from '../../ui/Range';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import { CATEGORIES } from './categories';
import type { Draft, Finds, faultsOf, StartsWhen, WhenAway } from './createDraft';

const FINDS: readonly Option<Finds>[] = [
  { value: 'link', label: 'Anyone with the link', hint: 'The room is in no list' },
  { value: 'everyone', label: 'Everyone', hint: 'It is listed on the front page' },
];
const STARTS: readonly Option<StartsWhen>[] = [
  { value: 'all', label: 'Everyone is ready', hint: 'The slowest person decides' },
  { value: 'most', label: 'Half of the people are ready', hint: 'The others catch up' },
  { value: 'none', label: 'Play is pressed' },
];
const AWAY: readonly Option<WhenAway>[] = [
  { value: 'longest', label: 'The person who has been here longest takes over' },
  { value: 'wait', label: 'The room pauses until you are back' },
];

const IDLE: readonly (readonly [number, string])[] = [
  [0, 'As usual here'],
  [1, 'After an hour'],
  [24, 'After a day'],
  [168, 'After a week'],
  [720, 'After a month'],
];

interface Props {
  draft: Draft;
  faults: ReturnType<typeof faultsOf>;
  onChange: (part: Partial<Draft>) => void;
}

/** Every setting of a room, in the questions that a host asks. */
export function CreateMore({ draft, faults, onChange }: Props) {
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
      <Part title="How it plays">
        <Choice
          label="When you are away"
          options={AWAY}
          value={draft.whenAway}
          onChange={(whenAway) => onChange({ whenAway })}
        />
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
        <Check
          label="Stop at the end of each video"
          checked={draft.stopAtEnd}
          onChange={(stopAtEnd) => onChange({ stopAtEnd })}
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
        <Select
          label="Without people the room ends"
          value={draft.idleHours}
          onChange={(event) => onChange({ idleHours: Number(event.target.value) })}
        >
          <Options options={IDLE} />
        </Select>
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="group card px-3.5">
      <summary className="flex min-h-12 cursor-pointer list-none items-center gap-2 rounded-[17px] font-semibold">
        <ChevronRight size={18} aria-hidden className="shrink-0 text-soft transition group-open:rotate-90" />
        {title}
      </summary>
      <div className="grid gap-4 pt-1 pb-4">{children}</div>
    </details>
  );
}

function Options({ options }: { options: readonly (readonly [string | number, string])[] }) {
  return options.map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}

function Description({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block px-1 text-label text-soft">
        Description
      </label>
      <textarea
        id={id}
        rows={3}
        maxLength={1_000}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="field slim-scroll w-full resize-none px-4 py-3 outline-none focus:outline-2 focus:outline-accent"
      />
    </div>
  );
}
