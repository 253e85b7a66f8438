import { Ban, DoorOpen, Filter, KeyRound, ListChecks, ScrollText, Ticket, UsersRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { FiltersPage } from '../../features/admin/FiltersPage';
import { LogPage } from '../../features/admin/LogPage';
import { InvitesPage } from '../../features/invite/InvitesPage';
import { BansPage } from '../../features/members/manage/BansPage';
import { MemberPage } from '../../features/members/manage/MemberPage';
import { MembersPage } from '../../features/members/manage/MembersPage';
import { OwnershipPage } from '../../features/members/manage/OwnershipPage';
import { RequestsPage } from '../../features/members/manage/RequestsPage';
import { RolesPage } from '../../features/members/manage/RolesPage';
import { useWaiting } from '../../features/members/useWaiting';
import { RoomLife } from '../../features/settings/RoomLife';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { type Page, Pages } from '../../ui/Pages';

type Id = 'members' | 'requests' | 'roles' | 'invites' | 'bans' | 'filters' | 'log' | 'room';

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
  const isOwner = useRoom(
    (room) => room.settings?.ownerId !== undefined && select.access.mySubjectId(room) === room.settings.ownerId,
  );
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
    can('APPROVE_JOIN', 'MANAGE_MEMBERS') && {
      id: 'requests',
      label: 'Requests',
      icon: <ListChecks size={17} aria-hidden />,
      count,
      content: <RequestsPage />,
    },
    { id: 'roles', label: 'Roles', icon: <KeyRound size={17} aria-hidden />, content: <RolesPage /> },
    can('INVITE') && {
      id: 'invites',
      label: 'Invites',
      icon: <Ticket size={17} aria-hidden />,
      content: <InvitesPage />,
    },
    can('BAN') && { id: 'bans', label: 'Bans', icon: <Ban size={17} aria-hidden />, content: <BansPage /> },
    can('MANAGE_SETTINGS') && {
      id: 'filters',
      label: 'Word filters',
      icon: <Filter size={17} aria-hidden />,
      content: <FiltersPage />,
    },
    can('MANAGE_SETTINGS') && {
      id: 'log',
      label: 'Log',
      icon: <ScrollText size={17} aria-hidden />,
      content: <LogPage />,
    },
    can('MANAGE_SETTINGS', 'DELETE_ROOM') && {
      id: 'room',
      label: 'The room',
      icon: <DoorOpen size={17} aria-hidden />,
      content: <TheRoom isOwner={isOwner} />,
    },
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

function TheRoom({ isOwner }: { isOwner: boolean }): ReactNode {
  return (
    <div className="grid max-w-lg gap-8">
      {isOwner && <OwnershipPage />}
      <RoomLife />
    </div>
  );
}
