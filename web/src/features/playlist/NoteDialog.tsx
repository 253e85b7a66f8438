import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { PlaylistService } from '../../api/gen/services';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';

/** The limit of `UpdateItemRequest.note`. */
const MAX_NOTE = 500;

interface Props {
  itemId: string;
  title: string;
  note: string;
  onClose: () => void;
}

/** A note for the others, such as where it gets good. */
export function NoteDialog({ itemId, title, note, onClose }: Props) {
  const room = useRoom(select.settings.roomId);
  const [text, setText] = useState(note);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const id = useId();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await call(PlaylistService.updateItem, { room, itemId, note: text.trim(), updateMask: 'note' });
      onClose();
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Note"
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form={id} look="lit" busy={busy}>
            Save
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={(event) => void save(event)} className="grid gap-3">
        <label htmlFor={`${id}-text`} className="text-label text-soft">
          For everyone, about “{title}”
        </label>
        <textarea
          id={`${id}-text`}
          rows={4}
          maxLength={MAX_NOTE}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="field slim-scroll w-full resize-none px-4 py-3 outline-none focus:outline-2 focus:outline-accent"
        />
        {error && <Notice tone="bad">{error}</Notice>}
      </form>
    </Dialog>
  );
}
