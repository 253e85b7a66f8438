import { useRef, useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { RoomService } from '../../api/gen/services';
import type { RoomJson, UpdateRoomRequestJson } from '../../api/gen/syncwatch/room/v1/room_pb';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select, update } from '../../room/store';

type Patch = Omit<UpdateRoomRequestJson, 'room' | 'updateMask'>;

export interface RoomSettingsForm {
  /** The room as it will be when everything is saved. */
  room: RoomJson;
  saving: boolean;
  /** The last change is stored. */
  saved: boolean;
  /** Why the last change was not stored, in words; empty otherwise. */
  error: string;
  /** Saves these fields at once. `mask` names them as a FieldMask in JSON does. */
  save(patch: Patch, mask: string): void;
  /** Runs a call that changes the room and returns it. `shown` is what the page shows meanwhile. */
  apply(request: () => Promise<{ room?: RoomJson }>, shown?: Partial<RoomJson>): void;
}

/** Saves each change when it is made, one after another, so that the last press wins. */
export function useRoomSettings(): RoomSettingsForm {
  const session = useRoomSession();
  const stored = useRoom(select.settings.room);
  const room = stored ?? {};
  const [pending, setPending] = useState<readonly Partial<RoomJson>[]>([]);
  const [outcome, setOutcome] = useState<{ saved: boolean; error: string }>({ saved: false, error: '' });
  const line = useRef<Promise<void>>(Promise.resolve());

  const apply = (request: () => Promise<{ room?: RoomJson }>, shown: Partial<RoomJson> = {}) => {
    setPending((list) => [...list, shown]);
    setOutcome({ saved: false, error: '' });
    line.current = line.current
      .then(request)
      .then(
        ({ room: changed }) => {
          if (changed) update(session.store, 'settings', () => changed);
          setOutcome({ saved: true, error: '' });
        },
        (error: unknown) => setOutcome({ saved: false, error: explain(error) }),
      )
      .finally(() => setPending((list) => list.filter((one) => one !== shown)));
  };

  return {
    room: Object.assign({}, room, ...pending) as RoomJson,
    saving: pending.length > 0,
    ...outcome,
    save: (patch, mask) =>
      apply(
        () => call(RoomService.updateRoom, { room: room.id ?? '', ...patch, updateMask: mask }),
        patch as Partial<RoomJson>,
      ),
    apply,
  };
}
