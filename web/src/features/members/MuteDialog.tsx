import { useState } from 'react';
import { call } from '../../api/call';
import { MemberService } from '../../api/gen/services';
import { useAction, useRoom } from '../../room/hooks';
import type { Person } from '../../room/people';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Choice, type Option } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { notify } from '../../ui/toasts';

type Seconds = '300' | '600' | '3600' | '86400' | '604800';

const TIMES: readonly Option<Seconds>[] = [
  { value: '300', label: '5 minutes' },
  { value: '600', label: '10 minutes' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
  { value: '604800', label: '1 week' },
];

/** Keeps one person out of the chat for a time. The chat stays on for everyone else. */
export function MuteDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const room = useRoom(select.settings.roomId);
  const [seconds, setSeconds] = useState<Seconds>('600');
  const { busy, error, run } = useAction();
  const mute = async () => {
    const muteSeconds = Number(seconds);
    const request = { room, subjectId: person.id, muteSeconds, updateMask: 'muteSeconds' };
    if (!(await run(() => call(MemberService.updateMember, request)))) return;
    notify(`${person.name} can’t chat for ${TIMES.find(({ value }) => value === seconds)?.label ?? 'a while'}`);
    onClose();
  };
  return (
    <Dialog title={`Mute ${person.name} in chat`} onClose={onClose}>
      <p className="mb-4 text-soft">
        {person.name} still watches and reads, also after leaving and coming back. Nobody else is affected.
      </p>
      <Choice label="For how long" options={TIMES} value={seconds} onChange={setSeconds} />
      {error && (
        <div className="mt-4">
          <Notice tone="bad">{error}</Notice>
        </div>
      )}
      <div className="mt-6 flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Button look="lit" busy={busy} onClick={() => void mute()}>
          Mute
        </Button>
      </div>
    </Dialog>
  );
}
