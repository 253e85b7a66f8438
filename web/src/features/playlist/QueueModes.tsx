import { call } from '../../api/call';
import { RoomService } from '../../api/gen/services';
import type { QueueModeJson } from '../../api/gen/syncwatch/room/v1/queue_pb';
import { useMay, useRoom } from '../../room/hooks';
import { type QueueChoice, queueChoice, queueMode } from '../../room/queueModes';
import { select } from '../../room/store';
import { Segmented } from '../../ui/Segmented';
import { useAct } from './useAct';

const WHAT: Readonly<Record<QueueModeJson, string>> = {
  QUEUE_MODE_UNSPECIFIED: '',
  QUEUE_MODE_IN_ORDER: '',
  QUEUE_MODE_LOOP_ONE: 'This video plays again until someone skips it.',
  QUEUE_MODE_LOOP_ALL: 'After the last video the first one plays again.',
  QUEUE_MODE_SHUFFLE: 'A random order in which each video plays once.',
  QUEUE_MODE_VOTE: 'The video with most votes plays next.',
  QUEUE_MODE_TURNS: 'One video of each person in turn.',
};

/** How the room goes through its list. */
export function QueueModes() {
  const room = useRoom(select.settings.roomId);
  const mode = useRoom(select.settings.queueMode);
  const mayManage = useMay('PERMISSION_MANAGE_SETTINGS');
  const { busy, act } = useAct();
  const choose = (to: QueueModeJson) =>
    void act(() => call(RoomService.updateRoom, { room, queue: { mode: to }, updateMask: 'queue.mode' }));
  const loopsOne = mode === 'QUEUE_MODE_LOOP_ONE';
  return (
    <div className="grid gap-1.5">
      <Segmented<QueueChoice>
        label="What plays next"
        value={queueChoice(mode)}
        onChange={(choice) => choose(queueMode(choice))}
        refuses={!mayManage}
        disabled={busy}
        options={[
          { value: 'order', label: 'In order' },
          { value: 'loop', label: loopsOne ? 'Loop one' : 'Loop', hint: WHAT.QUEUE_MODE_LOOP_ALL },
          { value: 'shuffle', label: 'Shuffle', hint: WHAT.QUEUE_MODE_SHUFFLE },
          { value: 'vote', label: 'Votes', hint: WHAT.QUEUE_MODE_VOTE },
          { value: 'turns', label: 'Turns', hint: WHAT.QUEUE_MODE_TURNS },
        ]}
      />
      {WHAT[mode] && <p className="px-1.5 text-small text-faint">{WHAT[mode]}</p>}
    </div>
  );
}
