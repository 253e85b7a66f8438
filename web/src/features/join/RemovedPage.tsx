import { useEffect } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useNow } from '../../room/hooks';
import { Button } from '../../ui/Button';
import { DoorCard } from './DoorCard';
import { removedFrom } from './removed';
import type { Stop } from './stop';
import { stopText, stopTitle, whenAgain } from './stopWords';

/** Says who removed this person from a room, why, and until when. It knows no way back into the room. */
export function RemovedPage() {
  const navigate = useNavigate();
  const nowMs = useNow(1_000);
  const removed = removedFrom(useLocation().state);
  const stop: Stop = {
    why: removed?.banned ? 'banned' : 'cooldown',
    untilMs: removed?.untilMs ?? null,
    by: removed?.by ?? '',
    note: removed?.note ?? '',
    capacity: 0,
    error: null,
  };
  const title = stopTitle(stop);
  const text = stopText(stop, removed?.roomName ?? '', nowMs);
  const again = whenAgain(stop, nowMs);
  useEffect(() => {
    document.title = `${title} – SyncWatch`;
  }, [title]);
  return (
    <DoorCard title={title}>
      <p role="status" className="text-soft">
        {text}
      </p>
      {again && <p className="text-soft tabular-nums">{again} You’ll need the link of the room for that.</p>}
      <div>
        <Button look="lit" onClick={() => void navigate('/')}>
          Go to home page
        </Button>
      </div>
    </DoorCard>
  );
}
