// Tickets for the room's WebSocket. The first one comes with the response of JoinRoom, which saves a round trip.

import { ApiError } from '../api/errors';
import type { JoinRoomResponseJson } from '../api/gen/syncwatch/room/v1/member_pb';

export interface TicketCalls {
  /** Joins again as a member that the room has forgotten, such as a guest who was away for long. */
  join(): Promise<JoinRoomResponseJson>;
  create(): Promise<string>;
  nowMs(): number;
}

/** Less than the 30 s of the server, because of the round trip. */
const GOOD_FOR_MS = 20_000;

export class Tickets {
  private spare: { ticket: string; untilMs: number } | null = null;

  constructor(private readonly calls: TicketCalls) {}

  /** Keeps the ticket of a response of JoinRoom. Throws when the room did not let the person in. */
  keep({ member, ticket }: JoinRoomResponseJson): void {
    if (!member) throw new ApiError('the room asks for something before you can join', 403, 'NOT_A_MEMBER');
    this.spare = ticket ? { ticket, untilMs: this.calls.nowMs() + GOOD_FOR_MS } : null;
  }

  /** Returns an unused ticket. Joins again when this person is no longer a member and nothing is in the way. */
  async take(): Promise<string> {
    const spare = this.takeSpare();
    if (spare) return spare;
    try {
      return await this.calls.create();
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'NOT_A_MEMBER') throw error;
      this.keep(await this.calls.join());
      return this.takeSpare() ?? this.calls.create();
    }
  }

  private takeSpare(): string | null {
    const { spare } = this;
    this.spare = null;
    return spare && this.calls.nowMs() < spare.untilMs ? spare.ticket : null;
  }
}
