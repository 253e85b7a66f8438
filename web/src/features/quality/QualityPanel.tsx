import { useEffect, useMemo } from 'react';
import { shortMs } from '../../room/format';
import { useRoom, useRoomSession } from '../../room/hooks';
import { people, plays } from '../../room/people';
import { select } from '../../room/store';
import { Panel } from '../../ui/Panel';
import { OwnFigures } from './OwnFigures';
import { PersonQuality } from './PersonQuality';
import { roomSkew } from './skew';
import { useNow } from './useNow';

/** The list is cut here; the rest is only counted. */
const MAX_SHOWN = 50;

/** Shows how well the room is in sync. The reports are observed only while the panel is open. */
export function QualityPanel() {
  const session = useRoomSession();
  useEffect(() => session.watchQuality(), [session]);
  return (
    <Panel
      aria-label="Sync quality"
      className="rise slim-scroll grid shrink-0 gap-4 p-4 lg:max-h-[46vh] lg:overflow-y-auto"
    >
      <RoomSummary />
      <OwnFigures />
      <Everyone />
    </Panel>
  );
}

function RoomSummary() {
  const quality = useRoom(select.quality.all);
  const nowMs = useNow(1_000);
  const skew = useMemo(() => roomSkew(quality, nowMs), [quality, nowMs]);
  return (
    <header className="flex flex-wrap items-baseline gap-x-5 gap-y-1">
      <h2 className="text-base font-bold">Sync quality</h2>
      {skew ? (
        <p className="text-sm text-soft" title="Estimated from what the players report">
          Any two of {skew.players} players, over the last two minutes: within{' '}
          <strong className="font-semibold text-ink tabular-nums">{shortMs(skew.p50Ms)}</strong> half the time, within{' '}
          <strong className="font-semibold text-ink tabular-nums">{shortMs(skew.p95Ms)}</strong> 95% of the time.
        </p>
      ) : (
        <p className="text-sm text-soft">At least two players must be playing before they can be compared.</p>
      )}
    </header>
  );
}

function Everyone() {
  const sessions = useRoom(select.members.sessions);
  const nowMs = useNow(1_000);
  const watching = useMemo(() => people(sessions.filter(plays)), [sessions]);
  return (
    <>
      <ul aria-label="Everyone’s sync" className="grid gap-1">
        {watching.slice(0, MAX_SHOWN).map((person) => (
          <PersonQuality key={person.id} person={person} nowMs={nowMs} />
        ))}
      </ul>
      {watching.length > MAX_SHOWN && <p className="text-sm text-soft">And {watching.length - MAX_SHOWN} more.</p>}
    </>
  );
}
