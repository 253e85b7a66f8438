import { Ban, KeyRound, ListChecks, UsersRound } from 'lucide-react';
import { useSearchParams } from 'react-router';
import { BansPage } from '../../features/members/manage/BansPage';
import { MemberPage } from '../../features/members/manage/MemberPage';
import { MembersPage } from '../../features/members/manage/MembersPage';
import { RequestsPage } from '../../features/members/manage/RequestsPage';
import { RolesPage } from '../../features/members/manage/RolesPage';
import { useWaiting } from '../../features/members/useWaiting';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { type Page, Pages } from '../../ui/Pages';

type Id = 'members' | 'requests' | 'roles' | 'bans';

/**
 * The pages by which a room is run. The address names the page (`?manage=members`), so that it can be reached from anywhere
 * in the room, and Back closes it. The film goes on behind it.
 */
export function ManageRoom() {
  const [query, setQuery] = useSearchParams();
  const current = query.get('manage');
  if (current === null) return null;
  const person = query.get('person');
  return (
    <OpenPages
      current={current}
      person={person}
      onGo={(manage, who) => setQuery(who ? { manage, person: who } : { manage })}
      onClose={() => setQuery({})}
    />
  );
}

interface OpenProps {
  current: string;
  person: string | null;
  onGo: (page: string, person?: string) => void;
  onClose: () => void;
}

function OpenPages({ current, person, onGo, onClose }: OpenProps) {
  const permissions = useRoom(select.access.permissions);
  const { count } = useWaiting();
  const can = (...names: string[]) => names.some((name) => permissions.includes(`PERMISSION_${name}`));
  const pages: (Page<Id> | false)[] = [
    can('VIEW_MEMBERS', 'MANAGE_MEMBERS') && {
      id: 'members',
      label: 'Members',
      icon: <UsersRound size={17} aria-hidden />,
      content: person ? (
        <MemberPage key={person} subjectId={person} onBack={() => onGo('members')} />
      ) : (
        <MembersPage onOpen={(subjectId) => onGo('members', subjectId)} />
      ),
    },
    can('MANAGE_MEMBERS') && {
      id: 'requests',
      label: 'Requests',
      icon: <ListChecks size={17} aria-hidden />,
      count,
      content: <RequestsPage />,
    },
    { id: 'roles', label: 'Roles', icon: <KeyRound size={17} aria-hidden />, content: <RolesPage /> },
    can('BAN') && { id: 'bans', label: 'Bans', icon: <Ban size={17} aria-hidden />, content: <BansPage /> },
  ];
  const shown = pages.filter((page) => page !== false);
  return (
    <Pages<Id>
      title="Manage the room"
      pages={shown}
      current={shown.find(({ id }) => id === current)?.id ?? 'roles'}
      onChange={onGo}
      onClose={onClose}
    />
  );
}
