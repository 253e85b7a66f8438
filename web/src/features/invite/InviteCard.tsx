import { useRoom } from '../../room/hooks';
import { linkOf } from '../../room/links';
import { linkOpens } from '../../room/visibility';
import { LinkField } from '../../ui/LinkField';
import { QrCode } from '../../ui/QrCode';

/** On the empty stage: the link of the room, and its QR code. */
export function InviteCard({ code }: { code: string }) {
  const link = linkOf(code);
  const opens = useRoom(({ settings }) => linkOpens(settings ?? {}));
  const isAlone = useRoom((room) => new Set(room.members.map((session) => session.member?.subjectId)).size <= 1);
  // Invites of a private room are made by the button above.
  if (!opens) return <p className="text-small text-soft">This room is private: people come in by an invite.</p>;
  return (
    <div className="flex items-center gap-4.5">
      <div className="w-28 shrink-0">
        <QrCode text={link} label="QR code of the room’s link" />
      </div>
      <div className="min-w-0 grow">
        <h3 className="text-title">{isAlone ? 'Nobody else is here yet' : 'Invite more people'}</h3>
        <p className="mt-0.5 mb-3 text-small text-soft">Send them this link, or let them scan the code.</p>
        <LinkField label="Link to this room" bare link={link} />
      </div>
    </div>
  );
}
