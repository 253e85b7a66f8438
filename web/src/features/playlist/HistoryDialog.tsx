import { Play } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { HistoryService } from '../../api/gen/services';
import type { PlayJson } from '../../api/gen/syncwatch/room/v1/history_pb';
import { clockTime, msFromUs } from '../../room/format';
import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ListRow } from '../../ui/ListRow';
import { EmptyState, FailedState, LoadingRows } from '../../ui/States';
import { Thumb } from '../../ui/Thumb';
import { useAct } from './useAct';

const PAGE_SIZE = 30;

/** What the room has played, newest first. */
export function HistoryDialog({ onClose }: { onClose: () => void }) {
  const room = useRoom(select.settings.roomId);
  const [plays, setPlays] = useState<readonly PlayJson[] | null>(null);
  const [nextPage, setNextPage] = useState('');
  const [error, setError] = useState('');

  const load = useCallback(
    async (pageToken: string) => {
      setError('');
      try {
        const page = await call(HistoryService.listHistory, { room, pageSize: PAGE_SIZE, pageToken });
        setPlays((known) => [...((pageToken && known) || []), ...(page.plays ?? [])]);
        setNextPage(page.nextPageToken ?? '');
      } catch (failure) {
        setError(explain(failure));
      }
    },
    [room],
  );
  useEffect(() => void load(''), [load]);

  return (
    <Dialog title="Played here" wide onClose={onClose}>
      {error && <FailedState text={error} onRetry={() => void load(nextPage)} />}
      {!plays && !error && <LoadingRows label="Loading what was played" />}
      {plays?.length === 0 && <EmptyState title="Nothing yet">What the room plays is listed here.</EmptyState>}
      <ul aria-label="Played here" className="grid grid-cols-[minmax(0,1fr)]">
        {plays?.map((play) => (
          <PlayRow key={play.id} play={play} onDone={onClose} />
        ))}
      </ul>
      {nextPage && !error && (
        <div className="pt-3 text-center">
          <Button look="quiet" size="sm" onClick={() => void load(nextPage)}>
            Show earlier ones
          </Button>
        </div>
      )}
    </Dialog>
  );
}

function PlayRow({ play, onDone }: { play: PlayJson; onDone: () => void }) {
  const { commands } = useRoomSession();
  const room = useRoom(select.settings.roomId);
  const mayChoose = useMay('PERMISSION_CHANGE_CURRENT_MEDIA');
  const { busy, act } = useAct();
  const { id = '', title = '', startedAt = '', durationUs } = play;
  const durationMs = msFromUs(durationUs);
  const again = () =>
    act(async () => {
      const { item } = await call(HistoryService.playAgain, { room, playId: id });
      await commands.choose(item?.id ?? '', { fromStart: true });
      onDone();
    });
  return (
    <li>
      <ListRow
        lead={<Thumb src={play.source?.pictureUrl ?? ''} title={title} className="w-19" />}
        title={title}
        detail={[
          durationMs > 0 ? clockTime(durationMs) : '',
          new Date(startedAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' }),
        ]
          .filter(Boolean)
          .join(' · ')}
        actions={
          mayChoose && (
            <Button size="sm" busy={busy} aria-label={`Play ${title} again`} onClick={() => void again()}>
              {!busy && <Play size={14} fill="currentColor" aria-hidden />}
              Play again
            </Button>
          )
        }
      />
    </li>
  );
}
