import { type FormEvent, useState } from 'react';
import { call } from '../../../api/call';
import { UploadService } from '../../../api/gen/services';
import type { UploadJson } from '../../../api/gen/syncwatch/media/v1/upload_pb';
import { useAction } from '../../../room/hooks';
import { Button } from '../../../ui/Button';
import { Dialog } from '../../../ui/Dialog';
import { TextField } from '../../../ui/TextField';

interface Props {
  upload: UploadJson;
  onClose: () => void;
  onDone: () => void;
}

export function RenameUpload({ upload: { id = '', title = '' }, onClose, onDone }: Props) {
  const [text, setText] = useState(title);
  const [fault, setFault] = useState('');
  const { busy, error, run } = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const name = text.trim();
    if (!name) return setFault('Give it a title.');
    if (await run(() => call(UploadService.updateUpload, { uploadId: id, title: name }))) onDone();
  };
  return (
    <Dialog title="Rename" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <TextField
          label="Title"
          maxLength={200}
          value={text}
          error={fault || error}
          onChange={(event) => {
            setText(event.target.value);
            setFault('');
          }}
        />
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="lit" busy={busy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
