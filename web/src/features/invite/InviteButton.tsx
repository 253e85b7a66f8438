import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useMay, useRoom } from '../../room/hooks';
import { halves, linkOf } from '../../room/links';
import { linkOpens } from '../../room/visibility';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { LinkField } from '../../ui/LinkField';
import { QrCode } from '../../ui/QrCode';

export function InviteButton({ code }: { code: string }) {
  const [open, setOpen] = useState(false);
  const [, setQuery] = useSearchParams();
  const mayInvite = useMay('PERMISSION_INVITE');
  const asks = useRoom(({ settings }) => settings?.join?.passwordSet || settings?.join?.approval === true);
  const opens = useRoom(({ settings }) => linkOpens(settings ?? {}));
  const link = linkOf(code);
  return (
    <>
      <Button look="lit" size="sm" className="rounded-full" onClick={() => setOpen(true)}>
        <UserPlus size={16} aria-hidden />
        Invite
      </Button>
      {open && (
        <Dialog title="Invite people" onClose={() => setOpen(false)}>
          {opens ? (
            <>
              <LinkField
                label={asks ? 'Link to this room. It asks people for more' : 'Anyone with this link can join'}
                link={link}
                copyAtOnce
              />
              <div className="mt-5 flex items-center gap-5">
                <div className="w-32 shrink-0">
                  <QrCode text={link} label="QR code of the room’s link" />
                </div>
                <div>
                  <p className="text-sm text-soft">Let them scan it, or share the room code:</p>
                  <p className="mt-1 font-mono text-2xl font-bold tracking-[0.1em]">{halves(code)}</p>
                </div>
              </div>
            </>
          ) : (
            <p className="text-soft">
              This room is private. Its link works for people who are in it already; everyone else needs an invite.
            </p>
          )}
          {mayInvite && (
            <Button
              className="mt-5 w-full"
              onClick={() => {
                setOpen(false);
                setQuery({ manage: 'invites' });
              }}
            >
              {asks || !opens ? 'Make an invite that comes straight in' : 'Make an invite with an end'}
            </Button>
          )}
        </Dialog>
      )}
    </>
  );
}
