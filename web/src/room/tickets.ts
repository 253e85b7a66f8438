// Tickets for the room's WebSocket. The first one comes with the response of JoinRoom, which saves a round trip.

import { ApiError } from '../api/errors';
import type { JoinRoomResponseJson } from '../api/gen/syncwatch/room/v1/member_pb';

export interface TicketCalls {
  join(): Promise<JoinRoomResponseJson>;
  create(): Promise<string>;
  nowMs(): number;
}

/** Less than the 30 s of the server, because of the round trip. */
const GOOD_FOR_MS = 20_000;

export class Tickets {
  private spare: { ticket: string; untilMs: number } | null = null;

  constructor(private readonly calls: TicketCalls) {}

  async join(): Promise<void> {
    const { ticket } = await this.calls.join();
    this.spare = ticket ? { ticket, untilMs: this.calls.nowMs() + GOOD_FOR_MS } : null;
  }

  /** Returns an unused ticket. Joins again when this person is no longer a member. */
  async take(): Promise<string> {
    const spare = this.takeSpare();
    if (spare) return spare;
    try {
      return await this.calls.create();
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'NOT_A_MEMBER') throw error;
      await this.join();
      return this.takeSpare() ?? this.calls.create();
    }
  }

  private takeSpare(): string | null {
    const { spare } = this;
    this.spare = null;
    return spare && this.calls.nowMs() < spare.untilMs ? spare.ticket : null;
  }
}
