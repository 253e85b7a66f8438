/** An RPC that has an HTTP binding. `gen/services` has one for each, made from the contract. */
export interface Rpc<Input extends object, Output> {
  /** As a `call` frame names it: `syncwatch.room.v1.ChatService/SendMessage`. */
  readonly name: string;
  readonly verb: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';
  /** With the JSON names of its variables: `/api/rooms/{room}/playlist/{itemId}`. */
  readonly path: string;
  /** The field that becomes the body; `*`: every field that is not in the path. Absent: no body. */
  readonly body?: string;
  /** Needs no session. */
  readonly isPublic?: boolean;
  /** Its request or its response has a refresh token, which browsers carry in a cookie. */
  readonly carriesCookie?: boolean;
  /** Binds the types; never set. */
  readonly types?: (input: Input) => Output;
}
