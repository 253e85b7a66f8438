import { Search } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useState } from 'react';
import { callAsSelf } from '../../api/call';
import { RoomService } from '../../api/gen/services';
import type { CategoryJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { CATEGORIES } from '../../room/categories';
import { Button } from '../../ui/Button';
import { cx } from '../../ui/classes';
import { EmptyState } from '../../ui/States';
import { RoomGrid } from './RoomGrid';
import { useRooms } from './useRooms';

const PAGE_SIZE = 12;
const SEARCH_AFTER_MS = 300;

interface Filters {
  query: string;
  category: CategoryJson;
  liveOnly: boolean;
  guestsOnly: boolean;
}

const NO_FILTERS: Filters = { query: '', category: 'CATEGORY_UNSPECIFIED', liveOnly: false, guestsOnly: false };

/** Public rooms, those with most people first. */
export function Discovery({ onCreate }: { onCreate: () => void }) {
  const [filters, setFilters] = useState(NO_FILTERS);
  const set = (part: Partial<Filters>) => setFilters((before) => ({ ...before, ...part }));
  const asked = useLater(filters);
  const { query, category, liveOnly, guestsOnly } = asked;
  const read = useCallback(
    (pageToken: string, signal: AbortSignal) =>
      callAsSelf(
        RoomService.listRooms,
        { pageSize: PAGE_SIZE, pageToken, query: query.trim(), category, liveOnly, guestsOnly },
        signal,
      ),
    [query, category, liveOnly, guestsOnly],
  );
  const list = useRooms(read);
  const filtered = JSON.stringify(asked) !== JSON.stringify(NO_FILTERS);

  return (
    <section aria-labelledby="open-now">
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-3">
        <h2 id="open-now" className="text-title">
          Open now
        </h2>
        <label className="field flex h-target min-w-56 grow items-center gap-2 px-3.5 text-soft focus-within:outline-2 focus-within:outline-accent sm:max-w-xs">
          <Search size={17} aria-hidden className="shrink-0" />
          <input
            type="search"
            aria-label="Search rooms"
            placeholder="Search rooms"
            maxLength={100}
            value={filters.query}
            onChange={(event) => set({ query: event.target.value })}
            className="h-full w-full bg-transparent text-ink outline-none placeholder:text-faint"
          />
        </label>
        <select
          aria-label="Kind"
          value={filters.category}
          onChange={(event) => set({ category: event.target.value as CategoryJson })}
          className="field h-target px-3.5 text-label text-ink [&>option]:bg-strong"
        >
          <option value="CATEGORY_UNSPECIFIED">All kinds</option>
          {CATEGORIES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <Toggle label="With people" on={filters.liveOnly} onChange={(on) => set({ liveOnly: on })} />
        <Toggle label="Open to guests" on={filters.guestsOnly} onChange={(on) => set({ guestsOnly: on })} />
      </div>
      <p role="status" className="sr-only">
        {list.rooms && `${list.total || list.rooms.length} rooms`}
      </p>
      <RoomGrid
        label="Open now"
        list={list}
        empty={
          filtered ? (
            <EmptyState
              title="No room fits"
              action={<Button onClick={() => setFilters(NO_FILTERS)}>Show all rooms</Button>}
            >
              Try fewer words, or another kind.
            </EmptyState>
          ) : (
            <EmptyState title="No public rooms yet" action={<Button onClick={onCreate}>Open one</Button>}>
              A room that is listed shows up here.
            </EmptyState>
          )
        }
      />
    </section>
  );
}

function Toggle({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={() => onChange(!on)}
      className={cx(
        'h-target rounded-full px-4 text-label transition',
        on ? 'bg-hover text-ink inset-ring-[1.5px] inset-ring-accent' : 'bg-raised text-soft hover:bg-hover',
      )}
    >
      {label}
    </button>
  );
}

/** Filters are asked for at once, words when typing pauses. */
function useLater(filters: Filters): Filters {
  const [query, setQuery] = useState(filters.query);
  useEffect(() => {
    const timer = setTimeout(() => setQuery(filters.query), SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [filters.query]);
  return useDeferredValue({ ...filters, query });
}
