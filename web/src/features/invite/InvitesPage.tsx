import { QrCode as QrIcon, Users } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/call';
import { InviteService } from '../../api/gen/services';
import type { InviteJson } from '../../api/gen/syncwatch/room/v1/invite_pb';
import { useAction, useLoaded, useNow, useRoom } from '../../room/hooks';
import { halves, inviteLinkOf } from '../../room/links';
import { select } from '../../room/store';
import { ago, instantMs, span } from '../../room/when';
import { Button } from '../../ui/Button';
import { LinkField } from '../../ui/LinkField';
import { QrCode } from '../../ui/QrCode';
import { EmptyState, FailedState, LoadingRows } from '../../ui/States';
import { NewInvite } from './NewInvite';

const MINUTE_MS = 60_000;

/** Invites that can still be used, and new ones. */
export function InvitesPage() {
  const room = useRoom(select.settings.roomId);
  const { data, error, reload } = useLoaded(room, (signal) => call(InviteService.listInvites, { room }, signal));
  const invites = data?.invites ?? [];
  return (
    <div className="grid gap-4">
      <NewInvite onMade={reload} />
      {error && <FailedState text={error} onRetry={reload} />}
      {!data && !error && <LoadingRows label="Loading the invites" />}
      {data && invites.length === 0 && (
        <EmptyState title="No invites yet">
          An invite opens the room also where it asks for a password or a yes.
        </EmptyState>
      )}
      <ul aria-label="Invites" className="grid gap-3">
        {invites.map((invite) => (
          <InviteRow key={invite.code} invite={invite} onRevoked={reload} />
        ))}
      </ul>
    </div>
  );
}

function InviteRow({ invite, onRevoked }: { invite: InviteJson; onRevoked: () => void }) {
  const room = useRoom(select.settings.roomId);
  const [shown, setShown] = useState<'qr' | 'uses' | null>(null);
  const nowMs = useNow(MINUTE_MS);
  const { busy, error, run } = useAction();
  const { code = '' } = invite;
  const link = inviteLinkOf(code);
  const toggle = (what: 'qr' | 'uses') => setShown(shown === what ? null : what);
  const revoke = async () => {
    if (await run(() => call(InviteService.revokeInvite, { room, code }))) onRevoked();
  };
  return (
    <li aria-label={`Invite ${halves(code)}`} className="card grid gap-3 p-4">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-semibold">{invite.note || 'Invite'}</span>
        <span className="text-small text-soft tabular-nums">{inviteWords(invite, nowMs)}</span>
      </div>
      <LinkField label="Link" link={link} />
      <div className="flex flex-wrap gap-2">
        <Button size="sm" aria-expanded={shown === 'qr'} onClick={() => toggle('qr')}>
          <QrIcon size={15} aria-hidden />
          QR code
        </Button>
        <Button size="sm" aria-expanded={shown === 'uses'} onClick={() => toggle('uses')}>
          <Users size={15} aria-hidden />
          Who used it
        </Button>
        <Button size="sm" look="danger" className="ml-auto" busy={busy} onClick={() => void revoke()}>
          Revoke
        </Button>
      </div>
      {error && (
        <p role="alert" className="text-small text-bad">
          {error}
        </p>
      )}
      {shown === 'qr' && (
        <div className="w-48">
          <QrCode text={link} label={`QR code of the invite ${halves(code)}`} />
        </div>
      )}
      {shown === 'uses' && <Uses code={code} />}
    </li>
  );
}

function Uses({ code }: { code: string }) {
  const room = useRoom(select.settings.roomId);
  const nowMs = useNow(MINUTE_MS);
  const { data, error, reload } = useLoaded(`${room} ${code}`, (signal) =>
    call(InviteService.listInviteUses, { room, code }, signal),
  );
  if (error) return <FailedState text={error} onRetry={reload} />;
  if (!data) return <LoadingRows label="Loading who used it" rows={1} />;
  const uses = data.uses ?? [];
  if (uses.length === 0) return <p className="text-small text-soft">Nobody has used it yet.</p>;
  return (
    <ul aria-label="Who used it" className="grid gap-1 text-sm">
      {uses.map(({ subjectId, displayName, usedAt }) => {
        const usedMs = instantMs(usedAt);
        return (
          <li key={`${subjectId} ${usedAt}`} className="flex gap-2">
            <span className="font-semibold">{displayName}</span>
            <span className="text-soft">{usedMs === null ? '' : ago(usedMs, nowMs)}</span>
          </li>
        );
      })}
    </ul>
  );
}

export function inviteWords(invite: InviteJson, nowMs: number): string {
  const { uses = 0, maxUses = 0, createdByName, skipsApproval } = invite;
  const expiresMs = instantMs(invite.expiresAt);
  return [
    `used ${uses}${maxUses > 0 ? ` of ${maxUses}` : ''} ${uses === 1 && maxUses === 0 ? 'time' : 'times'}`,
    expiresMs === null ? '' : expiresMs > nowMs ? `expires in ${span(expiresMs - nowMs)}` : 'expired',
    skipsApproval ? '' : 'they wait for a yes',
    createdByName ? `made by ${createdByName}` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
