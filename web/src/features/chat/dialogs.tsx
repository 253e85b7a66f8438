import { useState } from 'react';
import type { Named } from '../../room/chat/mentions';
import type { Message } from '../../room/chat/message';
import { SLOW_MODES, withValue } from '../../room/choices';
import { useRoom, useRoomSession } from '../../room/hooks';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { MessageText } from './rows/MessageText';

const MAX_NOTE = 500;

export function ReportDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const { chatActions } = useRoomSession();
  const [note, setNote] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const report = async () => {
    setIsBusy(true);
    if (await chatActions.report(message.id, note.trim())) onClose();
    else setIsBusy(false);
  };
  return (
    <Dialog title={`Report a message of ${message.authorName}`} onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void report();
        }}
      >
        <p className="border-l-2 border-faint pl-3 text-soft">
          <MessageText text={message.text} plain />
        </p>
        <label className="grid gap-1.5 text-label text-soft">
          What is wrong with it? The moderators of this room read it.
          <textarea
            value={note}
            rows={3}
            maxLength={MAX_NOTE}
            onChange={(event) => setNote(event.target.value)}
            className="slim-scroll resize-none rounded-control border border-edge bg-well px-3 py-2 text-body text-ink outline-none touch:text-[16px]"
          />
        </label>
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="lit" busy={isBusy}>
            Report
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What cannot be undone is asked once. */
export function ClearDialog({ person, onClose }: { person: Named; onClose: () => void }) {
  const { chatActions } = useRoomSession();
  const [isBusy, setIsBusy] = useState(false);
  const clear = async () => {
    setIsBusy(true);
    await chatActions.clear(person.id, person.name);
    onClose();
  };
  return (
    <Dialog title={`Delete all messages of ${person.name}?`} onClose={onClose}>
      <p className="text-soft">They are gone for everyone, also from replies, pins and search. This can’t be undone.</p>
      <div className="mt-5 flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Button look="danger" busy={isBusy} onClick={() => void clear()}>
          Delete all
        </Button>
      </div>
    </Dialog>
  );
}

export function SlowModeDialog({ onClose }: { onClose: () => void }) {
  const { chatActions } = useRoomSession();
  const seconds = useRoom((room) => room.settings?.chat?.slowModeSeconds ?? 0);
  const options = withValue(SLOW_MODES, seconds, (value) => `Every ${value} seconds`);
  /** What was chosen, until the server has it or has refused it. */
  const [wanted, setWanted] = useState<string | null>(null);
  const choose = async (value: string) => {
    setWanted(value);
    await chatActions.setSlowMode(Number(value));
    setWanted(null);
  };
  return (
    <Dialog title="Slow mode" onClose={onClose}>
      <p className="mb-4 text-soft">
        The pause that each person makes between two messages. Moderators write without one.
      </p>
      <Choice
        label="Slow mode"
        bare
        options={options.map(([value, label]) => ({ value: String(value), label }))}
        value={wanted ?? String(seconds)}
        onChange={(value) => void choose(value)}
      />
    </Dialog>
  );
}
