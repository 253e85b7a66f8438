import { useNavigate } from 'react-router';
import { useNow } from '../../room/hooks';
import { Button } from '../../ui/Button';
import { Reopen } from './Reopen';
import { signInPath } from './signInPath';
import type { Stop } from './stop';
import { stopText, whenAgain } from './stopWords';

interface Props {
  stop: Stop;
  room: { id: string; code: string; name: string };
  isOwner: boolean;
  onRetry: () => void;
  onWithoutInvite: () => void;
}

/** Why somebody cannot join, and what they can do. It never joins by itself (case W1). */
export function StoppedStep({ stop, room, isOwner, onRetry, onWithoutInvite }: Props) {
  const navigate = useNavigate();
  const nowMs = useNow(1_000);
  const again = whenAgain(stop, nowMs);
  const { why } = stop;
  return (
    <>
      <p className="text-soft">{stopText(stop, room.name, nowMs)}</p>
      {again && <p className="text-soft tabular-nums">{again}</p>}
      <div className="flex flex-wrap gap-3">
        {why === 'sign-in' && (
          <Button look="lit" onClick={() => void navigate(signInPath(room.code))}>
            Sign in
          </Button>
        )}
        {why === 'closed' && isOwner && <Reopen roomId={room.id} onOpen={onRetry} />}
        {why === 'invite' && (
          <Button look="lit" onClick={onWithoutInvite}>
            Try without it
          </Button>
        )}
        {(why === 'full' || why === 'error' || why === 'cooldown' || why === 'declined') && (
          <Button look="lit" disabled={again !== ''} onClick={onRetry}>
            {why === 'cooldown' ? 'Join again' : why === 'declined' ? 'Ask again' : 'Try again'}
          </Button>
        )}
        <Button onClick={() => void navigate('/')}>Go to home page</Button>
      </div>
    </>
  );
}
