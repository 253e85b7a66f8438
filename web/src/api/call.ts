// Calls of the API over HTTP. `gen/services` has every RPC: call(RoomService.getRoom, { room: 'abcd2345' }).
import { request, requestOf } from './http';
import type { Rpc } from './rpc';
import { authorized } from './session';

/** Public RPCs are called without a token, so that a stale session cannot fail them. */
export function call<Input extends object, Output>(
  rpc: Rpc<Input, Output>,
  input: Input,
  signal?: AbortSignal,
): Promise<Output> {
  const http = requestOf(rpc, input, signal);
  return rpc.isPublic ? request<Output>(http) : authorized<Output>(http);
}

/** As `call`, with the session where there is one: for public RPCs whose answer depends on who asks. */
export function callAsSelf<Input extends object, Output>(
  rpc: Rpc<Input, Output>,
  input: Input,
  signal?: AbortSignal,
): Promise<Output> {
  return authorized<Output>(requestOf(rpc, input, signal));
}
