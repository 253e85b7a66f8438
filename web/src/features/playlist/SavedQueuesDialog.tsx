import { Trash2 } from 'lucide-react';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useStore } from 'zustand';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { SavedQueueService } from '../../api/gen/services';
import type { SavedQueueJson } from '../../api/gen/syncwatch/room/v1/saved_queue_pb';
import { sessionStore } from '../../api/session';
import { clockTime, msFromUs } from '../../room/format';
import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Button, IconButton } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ListRow } from '../../ui/ListRow';
import { EmptyState, FailedState, LoadingRows } from '../../ui/States';
import { TextField } from '../../ui/TextField';
import { notify } from '../../ui/toasts';
import { useAct } from './useAct';

/** Lists of videos that a person keeps beyond the room: saves this one, adds an earlier one. */
export function SavedQueuesDialog({ onClose }: { onClose: () => void }) {
  const guest = useStore(sessionStore, (state) => state.session?.guest !== false);
  return (
    <Dialog title="Saved lists" wide onClose={onClose}>
      {guest ? (
        <EmptyState
          title="Saved lists need an account"
          action={
            <Link
              to={`/sign-in?next=${encodeURIComponent(location.pathname)}`}
              className="lit inline-flex h-target items-center rounded-full px-4 font-semibold"
            >
              Sign in
            </Link>
          }
        >
          With one you keep a list of videos, and play it in any room.
        </EmptyState>
      ) : (
        <Lists onClose={onClose} />
      )}
    </Dialog>
  );
}

function Lists({ onClose }: { onClose: () => void }) {
  const [queues, setQueues] = useState<readonly SavedQueueJson[] | null>(null);
  const [error, setError] = useState('');
  const load = useCallback(async () => {
    setError('');
    try {
      setQueues((await call(SavedQueueService.listSavedQueues, {})).queues ?? []);
    } catch (failure) {
      setError(explain(failure));
    }
  }, []);
  useEffect(() => void load(), [load]);
  return (
    <div className="grid gap-4">
      <SaveForm onSaved={() => void load()} />
      {error && <FailedState text={error} onRetry={() => void load()} />}
      {!queues && !error && <LoadingRows label="Loading your lists" />}
      {queues?.length === 0 && (
        <EmptyState title="No saved lists yet">Save what is in this room’s list above.</EmptyState>
      )}
      <ul aria-label="Saved lists" className="grid grid-cols-[minmax(0,1fr)]">
        {queues?.map((queue) => (
          <QueueRow key={queue.id} queue={queue} onDeleted={() => void load()} onLoaded={onClose} />
        ))}
      </ul>
    </div>
  );
}

function SaveForm({ onSaved }: { onSaved: () => void }) {
  const room = useRoom(select.settings.roomId);
  const count = useRoom(select.playlist.count);
  const [name, setName] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return setError('Give it a name.');
    setBusy(true);
    setError('');
    try {
      await call(SavedQueueService.saveQueue, { room, name: name.trim() });
      setName('');
      onSaved();
    } catch (failure) {
      setError(explain(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <TextField
        label="Save this list as"
        hint="A saved list of the same name is replaced."
        maxLength={80}
        autoComplete="off"
        value={name}
        error={error}
        disabled={count === 0}
        onChange={(event) => {
          setName(event.target.value);
          setError('');
        }}
        action={
          <Button type="submit" size="sm" look="lit" className="rounded-full" busy={busy} disabled={count === 0}>
            Save
          </Button>
        }
      />
    </form>
  );
}

interface RowProps {
  queue: SavedQueueJson;
  onDeleted: () => void;
  onLoaded: () => void;
}

function QueueRow({ queue: { id = '', name = '', itemCount = 0, durationUs }, onDeleted, onLoaded }: RowProps) {
  const room = useRoom(select.settings.roomId);
  const mayAdd = useMay('PERMISSION_ADD_MEDIA');
  const { busy, act } = useAct();
  const durationMs = msFromUs(durationUs);
  const addAll = () =>
    act(async () => {
      const { items = [] } = await call(SavedQueueService.loadQueue, { room, savedQueueId: id });
      notify(items.length === 1 ? 'One video added' : `${items.length} videos added`);
      onLoaded();
    });
  const remove = () =>
    act(async () => {
      await call(SavedQueueService.deleteSavedQueue, { savedQueueId: id });
      onDeleted();
    });
  return (
    <li>
      <ListRow
        title={name}
        detail={[itemCount === 1 ? 'one video' : `${itemCount} videos`, durationMs > 0 ? clockTime(durationMs) : '']
          .filter(Boolean)
          .join(' · ')}
        actions={
          <>
            {mayAdd && (
              <Button size="sm" disabled={busy} aria-label={`Add ${name}`} onClick={() => void addAll()}>
                Add
              </Button>
            )}
            <IconButton label={`Delete ${name}`} disabled={busy} onClick={() => void remove()}>
              <Trash2 size={17} />
            </IconButton>
          </>
        }
      />
    </li>
  );
}
