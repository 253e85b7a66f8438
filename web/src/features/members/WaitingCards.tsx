import { call } from '../../api/call';
import { MemberService, PermissionService } from '../../api/gen/services';
import type { JoinRequestJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import type { PermissionRequestJson } from '../../api/gen/syncwatch/room/v1/permission_pb';
import { verbOf } from '../../api/permissions';
import { useAction, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { useWaiting } from './useWaiting';

/** What waits for a decision, with yes and no in reach. Nothing when nobody waits. */
export function WaitingCards() {
  const { joins, permissions } = useWaiting();
  if (joins.length + permissions.length === 0) return null;
  return (
    <ul aria-label="Waiting for a decision" className="mb-3 grid gap-2">
      {joins.map((request) => (
        <JoinCard key={request.subjectId} request={request} />
      ))}
      {permissions.map((request) => (
        <PermissionCard key={`${request.subjectId} ${request.permission}`} request={request} />
      ))}
    </ul>
  );
}

function JoinCard({ request }: { request: JoinRequestJson }) {
  const room = useRoom(select.settings.roomId);
  const { subjectId = '', displayName = '', message } = request;
  return (
    <Card
      id={subjectId}
      name={displayName}
      title={`${displayName} wants to come in`}
      detail={[message ? `“${message}”` : '', subjectId.startsWith('guest_') ? 'guest' : '']
        .filter(Boolean)
        .join(' · ')}
      no="No"
      yes="Let in"
      onDecide={(approve) => call(MemberService.decideJoinRequest, { room, subjectId, approve })}
    />
  );
}

function PermissionCard({ request }: { request: PermissionRequestJson }) {
  const room = useRoom(select.settings.roomId);
  const { subjectId = '', displayName = '', permission, message } = request;
  return (
    <Card
      id={subjectId}
      name={displayName}
      title={`${displayName} asks to ${verbOf(permission ?? '')}`}
      detail={message ? `“${message}”` : ''}
      no="Not now"
      yes="Allow"
      onDecide={(grant) =>
        call(PermissionService.decidePermissionRequest, {
          room,
          subjectId,
          permission: permission ?? 'PERMISSION_UNSPECIFIED',
          grant,
        })
      }
    />
  );
}

interface CardProps {
  id: string;
  name: string;
  title: string;
  detail: string;
  no: string;
  yes: string;
  onDecide: (yes: boolean) => Promise<unknown>;
}

function Card({ id, name, title, detail, no, yes, onDecide }: CardProps) {
  const { busy, error, run } = useAction();
  const decide = (answer: boolean) => void run(() => onDecide(answer));
  return (
    <li aria-label={title} className="held flex flex-wrap items-center gap-2.5 p-2.5">
      <Avatar id={id} name={name} size={34} />
      <div className="min-w-32 flex-1">
        <p className="font-semibold">{title}</p>
        {detail && <p className="text-small text-soft">{detail}</p>}
        {error && (
          <p role="alert" className="text-small text-bad">
            {error}
          </p>
        )}
      </div>
      <span className="ml-auto flex gap-1">
        <Button size="sm" look="quiet" disabled={busy} aria-label={`${no}: ${title}`} onClick={() => decide(false)}>
          {no}
        </Button>
        <Button size="sm" look="lit" busy={busy} aria-label={`${yes}: ${title}`} onClick={() => decide(true)}>
          {yes}
        </Button>
      </span>
    </li>
  );
}
