// Frames of the WebSocket as JSON carries them. Fields that embed a message hold its object, where the generated types
// say bytes.
import type { Resources } from '../api/gen/resources';
import type { AckJson, ClientFrameJson, ServerFrameJson } from '../api/gen/syncwatch/realtime/v1/realtime_pb';

export type ClientFrame = Omit<ClientFrameJson, 'call'> & { call?: { method: string; body: object } };

export type Ack = Omit<AckJson, 'body'> & { body?: object };

/** An update of one resource: `snapshot` is all of it, `change` what changed. */
type ResourceUpdate = { [R in keyof Resources]: { resource: R } & Resources[R] }[keyof Resources];

export type ServerFrame = Omit<ServerFrameJson, 'ack' | 'resource'> & { ack?: Ack; resource?: ResourceUpdate };

/** The update of this resource in a frame; empty when the frame has none. */
export function updateOf<R extends keyof Resources>({ resource }: ServerFrame, of: R): Resources[R] {
  return resource?.resource === of ? (resource as Resources[R]) : {};
}
