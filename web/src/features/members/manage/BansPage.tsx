import { useState } from 'react';
import { call } from '../../../api/call';
import { MemberService } from '../../../api/gen/services';
import type { BanJson } from '../../../api/gen/syncwatch/room/v1/removal_pb';
import { useAction, useLoaded, useNow, useRoom } from '../../../room/hooks';
import { select } from '../../../room/store';
import { ago, at, instantMs } from '../../../room/when';
import { Avatar } from '../../../ui/Avatar';
import { Button } from '../../../ui/Button';
import { ListRow } from '../../../ui/ListRow';
import { EmptyState, FailedState, LoadingRows } from '../../../ui/States';

const PAGE = 50;
const MAX_PAGE = 200;
const MINUTE_MS = 60_000;

/** Who cannot join, and why. */
export function BansPage() {
  const room = useRoom(select.settings.roomId);
  const [size, setSize] = useState(PAGE);
  const { data, error, reload } = useLoaded(`${room} ${size}`, (signal) =>
    call(MemberService.listBans, { room, pageSize: size }, signal),
  );
  if (error) return <FailedState text={error} onRetry={reload} />;
  if (!data) return <LoadingRows label="Loading the bans" />;
  const bans = data.bans ?? [];
  if (bans.length === 0)
    return <EmptyState title="Nobody is banned">To ban somebody, remove them from the room under People.</EmptyState>;
  return (
    <div className="grid gap-3">
      <ul aria-label="Bans" className="grid gap-1">
        {bans.map((ban) => (
          <BanRow key={ban.subjectId} ban={ban} onEnded={reload} />
        ))}
      </ul>
      {data.nextPageToken && size < MAX_PAGE && (
        <Button className="justify-self-center" onClick={() => setSize(MAX_PAGE)}>
          Show more
        </Button>
      )}
    </div>
  );
}

function BanRow({ ban, onEnded }: { ban: BanJson; onEnded: () => void }) {
  const room = useRoom(select.settings.roomId);
  const nowMs = useNow(MINUTE_MS);
  const { busy, error, run } = useAction();
  const { subjectId = '', displayName = '' } = ban;
  const end = async () => {
    if (await run(() => call(MemberService.unban, { room, subjectId }))) onEnded();
  };
  return (
    <li>
      <ListRow
        lead={<Avatar id={subjectId} name={displayName} size={34} />}
        title={displayName}
        detail={
          <>
            {banWords(ban, nowMs)}
            {error && <span className="block text-bad">{error}</span>}
          </>
        }
        actions={
          <Button size="sm" busy={busy} aria-label={`End the ban of ${displayName}`} onClick={() => void end()}>
            End ban
          </Button>
        }
      />
    </li>
  );
}

export function banWords({ byName, createdAt, until, note, network }: BanJson, nowMs: number): string {
  const since = instantMs(createdAt);
  const untilMs = instantMs(until);
  return [
    `By ${byName || 'somebody'}${since === null ? '' : ` ${ago(since, nowMs)}`}`,
    untilMs === null ? 'for good' : `until ${at(untilMs, nowMs)}`,
    network ? 'new guests of their network, too' : '',
    note ? `“${note}”` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
