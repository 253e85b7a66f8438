import { call } from '../../api/call';
import { RoomService } from '../../api/gen/services';
import { useAction } from '../../room/hooks';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';

/** Lets the owner open a closed room again. */
export function Reopen({ roomId, onOpen }: { roomId: string; onOpen: () => void }) {
  const { busy, error, run } = useAction();
  const reopen = async () => {
    if (await run(() => call(RoomService.reopenRoom, { room: roomId }))) onOpen();
  };
  return (
    <>
      {error && <Notice tone="bad">{error}</Notice>}
      <Button look="lit" busy={busy} onClick={() => void reopen()}>
        Open the room again
      </Button>
    </>
  );
}
