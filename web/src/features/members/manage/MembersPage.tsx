import { ChevronRight } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { call } from '../../../api/call';
import { MemberService } from '../../../api/gen/services';
import type { MemberJson, RoleJson } from '../../../api/gen/syncwatch/room/v1/member_pb';
import { useLoaded, useNow, useRoom } from '../../../room/hooks';
import { select } from '../../../room/store';
import { at, instantMs, plural } from '../../../room/when';
import { Avatar } from '../../../ui/Avatar';
import { Button } from '../../../ui/Button';
import { ListRow } from '../../../ui/ListRow';
import { Segmented } from '../../../ui/Segmented';
import { EmptyState, FailedState, LoadingRows } from '../../../ui/States';
import { TextField } from '../../../ui/TextField';
import { RoleTag } from '../RoleTag';

const PAGE = 50;
const MINUTE_MS = 60_000;

type Filter = 'all' | 'moderators' | 'members' | 'guests';

const ROLES: Readonly<Record<Filter, RoleJson>> = {
  all: 'ROLE_UNSPECIFIED',
  moderators: 'ROLE_MODERATOR',
  members: 'ROLE_MEMBER',
  guests: 'ROLE_GUEST',
};

/** Everyone who has joined, here or not. */
export function MembersPage({ onOpen }: { onOpen: (subjectId: string) => void }) {
  const room = useRoom(select.settings.roomId);
  const [query, setQuery] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [size, setSize] = useState(PAGE);
  const typed = useDeferredValue(query.trim());
  const { data, error, reload } = useLoaded(`${room} ${filter} ${size} ${typed}`, (signal) =>
    call(MemberService.listMembers, { room, query: typed, role: ROLES[filter], pageSize: size }, signal),
  );
  const members = data?.members ?? [];
  return (
    <div className="grid gap-3">
      <TextField
        label="Find a person by name"
        bare
        type="search"
        placeholder="Find a person by name"
        maxLength={80}
        autoComplete="off"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <Segmented<Filter>
        label="Which members"
        value={filter}
        onChange={setFilter}
        options={[
          { value: 'all', label: 'Everyone' },
          { value: 'moderators', label: 'Moderators' },
          { value: 'members', label: 'Members' },
          { value: 'guests', label: 'Guests' },
        ]}
      />
      {error && <FailedState text={error} onRetry={reload} />}
      {!data && !error && <LoadingRows label="Loading the members" rows={5} />}
      {data && members.length === 0 && (
        <EmptyState title="Nobody">
          {typed ? `No name here contains “${typed}”.` : 'Nobody of this kind has joined.'}
        </EmptyState>
      )}
      <ul aria-label="Members">
        {members.map((member) => (
          <MemberRow key={member.subjectId} member={member} onOpen={onOpen} />
        ))}
      </ul>
      {data?.nextPageToken && (
        <Button className="justify-self-center" onClick={() => setSize(size + PAGE)}>
          Show more
        </Button>
      )}
    </div>
  );
}

function MemberRow({ member, onOpen }: { member: MemberJson; onOpen: (subjectId: string) => void }) {
  const nowMs = useNow(MINUTE_MS);
  const { subjectId = '', displayName = '' } = member;
  const isHere = useRoom((room) => room.members.some((session) => session.member?.subjectId === subjectId));
  return (
    <li>
      <button
        type="button"
        onClick={() => onOpen(subjectId)}
        className="block w-full rounded-2xl px-2 text-left hover:bg-hover"
      >
        <ListRow
          lead={<Avatar id={subjectId} name={displayName} size={34} />}
          title={displayName}
          tags={<RoleTag member={member} />}
          detail={[isHere ? 'here now' : 'not here', exceptions(member), mutedWords(member, nowMs)]
            .filter(Boolean)
            .join(' · ')}
          actions={<ChevronRight size={18} aria-hidden className="shrink-0 text-soft" />}
        />
      </button>
    </li>
  );
}

function exceptions({ added = [], removed = [] }: MemberJson): string {
  const count = added.length + removed.length;
  return count ? plural(count, 'exception') : '';
}

function mutedWords({ mutedUntil }: MemberJson, nowMs: number): string {
  const untilMs = instantMs(mutedUntil);
  return untilMs !== null && untilMs > nowMs ? `can’t chat until ${at(untilMs, nowMs)}` : '';
}
