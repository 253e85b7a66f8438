import { useState } from 'react';
import { call } from '../../api/call';
import { ModerationService } from '../../api/gen/services';
import type {
  ChatFilterJson,
  FilterActionJson,
  FilterRuleJson,
  TryFilterResponseJson,
} from '../../api/gen/syncwatch/room/v1/moderation_pb';
import { useAction, useLoaded, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Check';
import { ListRow } from '../../ui/ListRow';
import { Notice } from '../../ui/Notice';
import { Select } from '../../ui/Select';
import { EmptyState, FailedState, LoadingRows } from '../../ui/States';
import { TextField } from '../../ui/TextField';

const ACTIONS = {
  FILTER_ACTION_REFUSE: 'Don’t send the message',
  FILTER_ACTION_MASK: 'Send it with asterisks',
} as const satisfies Partial<Record<FilterActionJson, string>>;

type Action = keyof typeof ACTIONS;

/** Words that the chat does not take. Each can be tried on earlier messages before it is added. */
export function FiltersPage() {
  const room = useRoom(select.settings.roomId);
  const { data, error, reload } = useLoaded(room, (signal) => call(ModerationService.listFilters, { room }, signal));
  const filters = data?.filters ?? [];
  return (
    <div className="grid gap-4">
      <NewFilter onMade={reload} />
      {error && <FailedState text={error} onRetry={reload} />}
      {!data && !error && <LoadingRows label="Loading the filters" />}
      {data && filters.length === 0 && (
        <EmptyState title="No filters yet">Moderators write what they like; filters are for everybody else.</EmptyState>
      )}
      <ul aria-label="Filters" className="grid gap-1">
        {filters.map((filter) => (
          <FilterRow key={filter.id} filter={filter} onDeleted={reload} />
        ))}
      </ul>
    </div>
  );
}

function FilterRow({ filter, onDeleted }: { filter: ChatFilterJson; onDeleted: () => void }) {
  const room = useRoom(select.settings.roomId);
  const { busy, error, run } = useAction();
  const { pattern = '', isRegex, action } = filter.rule ?? {};
  const remove = async () => {
    if (await run(() => call(ModerationService.deleteFilter, { room, filterId: filter.id ?? '' }))) onDeleted();
  };
  return (
    <li>
      <ListRow
        title={isRegex ? <code>{pattern}</code> : pattern}
        detail={
          <>
            {ACTIONS[action === 'FILTER_ACTION_MASK' ? action : 'FILTER_ACTION_REFUSE']}
            {isRegex && ' · pattern'}
            {error && <span className="block text-bad">{error}</span>}
          </>
        }
        actions={
          <Button size="sm" busy={busy} aria-label={`Delete the filter ${pattern}`} onClick={() => void remove()}>
            Delete
          </Button>
        }
      />
    </li>
  );
}

function NewFilter({ onMade }: { onMade: () => void }) {
  const room = useRoom(select.settings.roomId);
  const [pattern, setPattern] = useState('');
  const [isRegex, setIsRegex] = useState(false);
  const [action, setAction] = useState<Action>('FILTER_ACTION_REFUSE');
  const [tried, setTried] = useState<TryFilterResponseJson | null>(null);
  const trying = useAction();
  const adding = useAction();
  const rule: FilterRuleJson = { pattern: pattern.trim(), isRegex, action };
  const change = (part: () => void) => {
    setTried(null);
    part();
  };

  const tryIt = () => trying.run(async () => setTried(await call(ModerationService.tryFilter, { room, rule })));
  const add = async () => {
    if (!(await adding.run(() => call(ModerationService.createFilter, { room, rule })))) return;
    setPattern('');
    setTried(null);
    onMade();
  };

  return (
    <form
      aria-label="New filter"
      className="card grid gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        void tryIt();
      }}
    >
      <TextField
        label={isRegex ? 'Pattern (regular expression)' : 'Word or phrase'}
        name="filter"
        maxLength={200}
        autoComplete="off"
        value={pattern}
        onChange={(event) => change(() => setPattern(event.target.value))}
      />
      <Select
        label="When a message has it"
        value={action}
        onChange={(event) => change(() => setAction(event.target.value as Action))}
      >
        {Object.entries(ACTIONS).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      <Check
        label="It is a pattern"
        hint="For those who know regular expressions. Otherwise it is found as a whole word, however it is written."
        checked={isRegex}
        onChange={(on) => change(() => setIsRegex(on))}
      />
      {trying.error && <Notice tone="bad">{trying.error}</Notice>}
      {adding.error && <Notice tone="bad">{adding.error}</Notice>}
      {tried && <Tried tried={tried} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" busy={trying.busy} disabled={!rule.pattern}>
          Try it
        </Button>
        <Button look="lit" busy={adding.busy} disabled={!rule.pattern} onClick={() => void add()}>
          Add filter
        </Button>
      </div>
    </form>
  );
}

/** What the filter would have done to earlier messages. */
function Tried({ tried: { messageCount = 0, matchCount = 0, matches = [] } }: { tried: TryFilterResponseJson }) {
  return (
    <div role="status" className="grid gap-2 rounded-control bg-well p-3 text-sm">
      <p className="font-semibold">
        {matchCount === 0
          ? `None of the last ${messageCount} messages has it.`
          : `${matchCount} of the last ${messageCount} messages ${matchCount === 1 ? 'has' : 'have'} it.`}
      </p>
      {matches.length > 0 && (
        <ul aria-label="Messages that have it" className="grid gap-1">
          {matches.map((message) => (
            <li key={message.id} className="wrap-anywhere">
              <b>{message.authorName}</b> <span className="text-soft">{message.text}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
