// The store of a room is made of slices. A slice knows one part of the room: how it begins (`initial`), how a frame of
// the server changes it (`receive`), and what the page reads of it (`select`). Pure.
import type { ResourceJson } from '../api/gen/syncwatch/realtime/v1/realtime_pb';
import type { ServerFrame } from './frames';
import type { RoomState } from './store';

export interface Slice<S> {
  readonly initial: S;
  /** The resource that fills it, where that is observed from the start of each connection. */
  readonly observes?: ResourceJson;
  /** Returns `state` itself when the frame says nothing about it. `room` is the whole room before the frame. */
  receive(state: S, frame: ServerFrame, room: RoomState, nowMs: number): S;
  readonly select: Readonly<Record<string, (room: RoomState, ...args: never[]) => unknown>>;
}
