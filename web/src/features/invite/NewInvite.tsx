import { type FormEvent, useState } from 'react';
import { call } from '../../api/call';
import { InviteService } from '../../api/gen/services';
import { useAction, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import { Select } from '../../ui/Select';
import { Switch } from '../../ui/Switch';
import { TextField } from '../../ui/TextField';

const HOUR = 3_600;
const LIVES: readonly [seconds: number, label: string][] = [
  [HOUR, '1 hour'],
  [24 * HOUR, '1 day'],
  [7 * 24 * HOUR, '1 week'],
  [30 * 24 * HOUR, '30 days'],
];
const USES: readonly [uses: number, label: string][] = [
  [0, 'Any number of people'],
  [1, 'One person'],
  [5, '5 people'],
  [10, '10 people'],
  [50, '50 people'],
];

/** Makes an invite: for how long, for how many, and what for. */
export function NewInvite({ onMade }: { onMade: () => void }) {
  const room = useRoom(select.settings.roomId);
  const asksForYes = useRoom((state) => state.settings?.join?.approval === true);
  const [seconds, setSeconds] = useState(24 * HOUR);
  const [maxUses, setMaxUses] = useState(0);
  const [note, setNote] = useState('');
  const [keepApproval, setKeepApproval] = useState(false);
  const { busy, error, run } = useAction();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const made = await run(() =>
      call(InviteService.createInvite, {
        room,
        expiresInSeconds: seconds,
        maxUses,
        note: note.trim(),
        keepApproval,
      }),
    );
    if (!made) return;
    setNote('');
    onMade();
  };

  return (
    <form onSubmit={(event) => void submit(event)} aria-label="New invite" className="card grid gap-3 p-4">
      <div className="grid gap-3 sm:grid-cols-2">
        <Select label="Works for" value={seconds} onChange={(event) => setSeconds(Number(event.target.value))}>
          {LIVES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        <Select label="Who can use it" value={maxUses} onChange={(event) => setMaxUses(Number(event.target.value))}>
          {USES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </div>
      <TextField
        label="What it’s for (optional)"
        name="invite-note"
        maxLength={80}
        autoComplete="off"
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      {asksForYes && (
        <Switch
          label="They still wait for a yes"
          hint="Off: whoever has the invite comes straight in."
          checked={keepApproval}
          onChange={setKeepApproval}
        />
      )}
      {error && <Notice tone="bad">{error}</Notice>}
      <Button type="submit" look="lit" className="justify-self-start" busy={busy}>
        Make invite
      </Button>
    </form>
  );
}
