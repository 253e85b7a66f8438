import { Crown } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { RoomService } from '../../api/gen/services';
import { useCountdown, useRoom } from '../../room/hooks';
import { reclaimUntilMs } from '../../room/ownership';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import { notify } from '../../ui/toasts';

/** Offers a former owner who was away to take the room back, while that is possible. */
export function ReclaimBanner() {
  const untilMs = useRoom(reclaimUntilMs);
  return untilMs === null ? null : <Offer key={untilMs} untilMs={untilMs} />;
}

function Offer({ untilMs }: { untilMs: number }) {
  const roomId = useRoom(select.settings.roomId);
  const owner = useRoom((room) => select.members.nameOf(room, select.settings.ownerId(room)) || 'Someone else');
  const secondsLeft = useCountdown(untilMs);
  const [busy, setBusy] = useState(false);
  const [declined, setDeclined] = useState(false);
  if (secondsLeft === 0 || declined) return null;

  const take = async () => {
    setBusy(true);
    try {
      await call(RoomService.reclaimRoom, { room: roomId });
    } catch (error) {
      notify(explain(error));
      setBusy(false);
    }
  };

  return (
    <div className="rise px-2 pb-2 sm:px-3">
      <Notice tone="warn" icon={<Crown size={18} className="shrink-0 text-warn" aria-hidden />}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <span className="min-w-48 grow">You were away, so {owner} became the owner.</span>
          <span className="flex gap-2">
            <Button size="sm" look="quiet" onClick={() => setDeclined(true)}>
              Keep it this way
            </Button>
            <Button size="sm" look="lit" busy={busy} onClick={() => void take()}>
              Take it back
              <span aria-hidden className="tabular-nums">
                ({secondsLeft} s)
              </span>
            </Button>
          </span>
        </div>
      </Notice>
    </div>
  );
}
