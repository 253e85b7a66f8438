import { call } from '../../../api/call';
import { UploadService } from '../../../api/gen/services';
import type { UploadJson } from '../../../api/gen/syncwatch/media/v1/upload_pb';
import { bytes } from '../../../room/format';
import { useAction } from '../../../room/hooks';
import { Button } from '../../../ui/Button';
import { Dialog } from '../../../ui/Dialog';
import { Notice } from '../../../ui/Notice';

interface Props {
  upload: UploadJson;
  onClose: () => void;
  onDone: () => void;
}

/** Asks before an upload is deleted. */
export function DeleteUpload({ upload, onClose, onDone }: Props) {
  const { busy, error, run } = useAction();
  const remove = async () => {
    if (await run(() => call(UploadService.deleteUpload, { uploadId: upload.id ?? '' }))) onDone();
  };
  return (
    <Dialog
      title="Delete this upload?"
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button look="danger" busy={busy} onClick={() => void remove()}>
            Delete
          </Button>
        </>
      }
    >
      <p className="text-sm text-soft">
        “{upload.title}” is deleted for good, with everything made from it (
        {bytes(Number(upload.storedBytes || upload.sizeBytes || 0))}). Rooms that have it on their list can no longer
        play it.
      </p>
      {error && (
        <div className="mt-3">
          <Notice tone="bad">{error}</Notice>
        </div>
      )}
    </Dialog>
  );
}
