import { useState } from 'react';
import { call } from '../../api/call';
import { MemberService } from '../../api/gen/services';
import { useAction, useMay, useRoom } from '../../room/hooks';
import type { Person } from '../../room/people';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Check';
import { Choice, type Option } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { TextField } from '../../ui/TextField';
import { notify } from '../../ui/toasts';

type Until = '300' | '3600' | '86400' | 'ban-week' | 'ban';

const KICKS: readonly Option<Until>[] = [
  { value: '300', label: 'They can come back in 5 minutes' },
  { value: '3600', label: 'They can come back in 1 hour' },
  { value: '86400', label: 'They can come back tomorrow' },
];
const BANS: readonly Option<Until>[] = [
  { value: 'ban-week', label: 'Ban them for a week' },
  { value: 'ban', label: 'Ban them for good', hint: 'Until you end the ban under Bans' },
];
const WEEK_SECONDS = 604_800;

/** Sends a person out. They read who did it, why, and when they may come back. */
export function RemoveDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const room = useRoom(select.settings.roomId);
  const mayKick = useMay('PERMISSION_KICK');
  const mayBan = useMay('PERMISSION_BAN');
  const options = [...(mayKick ? KICKS : []), ...(mayBan ? BANS : [])];
  const [until, setUntil] = useState<Until>(options[0]?.value ?? '300');
  const [note, setNote] = useState('');
  const [network, setNetwork] = useState(false);
  const { busy, error, run } = useAction();
  const isBan = until === 'ban' || until === 'ban-week';
  const isGuest = person.id.startsWith('guest_');

  const remove = async () => {
    const who = { room, subjectId: person.id, note: note.trim() };
    const done = await run(() =>
      isBan
        ? call(MemberService.banMember, {
            ...who,
            seconds: until === 'ban' ? 0 : WEEK_SECONDS,
            network: network && isGuest,
          })
        : call(MemberService.kickMember, { ...who, cooldownSeconds: Number(until) }),
    );
    if (!done) return;
    notify(isBan ? `${person.name} is banned` : `${person.name} was removed`);
    onClose();
  };

  return (
    <Dialog title={`Remove ${person.name} from the room`} wide onClose={onClose}>
      <div className="grid gap-5">
        <Choice label="When can they come back?" options={options} value={until} onChange={setUntil} />
        {isBan && isGuest && (
          <Check
            label="Also keep new guests from their network out"
            hint="For a day. People with an account can still join. Others in the same house or school can’t."
            checked={network}
            onChange={setNetwork}
          />
        )}
        <TextField
          label="Reason (they’ll read it)"
          name="reason"
          autoComplete="off"
          maxLength={200}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        {error && <Notice tone="bad">{error}</Notice>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button look="danger" busy={busy} onClick={() => void remove()}>
            {isBan ? 'Ban' : 'Remove'}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
