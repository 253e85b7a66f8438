// The way into a room: asks the server what is missing, gets it from the person, and joins. Knows no React.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { ApiError } from '../../api/errors';
import type { AccessStateJson } from '../../api/gen/syncwatch/room/v1/access_pb';
import type {
  GetJoinStateResponseJson,
  JoinRequestJson,
  JoinRoomRequestJson,
  JoinRoomResponseJson,
  PasswordProofJson,
} from '../../api/gen/syncwatch/room/v1/member_pb';
import { instantMs } from '../../room/when';
import type { Stop } from './stop';

export type Step =
  | { kind: 'joining' }
  | { kind: 'password'; error: ApiError | null }
  | { kind: 'ask' }
  | { kind: 'waiting'; request: JoinRequestJson }
  | { kind: 'stopped'; stop: Stop }
  | { kind: 'in'; joined: JoinRoomResponseJson };

export interface DoorDeps {
  join(input: Omit<JoinRoomRequestJson, 'room'>): Promise<JoinRoomResponseJson>;
  state(): Promise<GetJoinStateResponseJson>;
  withdraw(): Promise<unknown>;
  prove(password: string): Promise<PasswordProofJson>;
  deviceId: string;
  /** Runs once after this time; returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
}

const POLL_MS = 3_000;
/** While the server does not answer. */
const RETRY_MS = 5_000;

const STOPS: Readonly<Partial<Record<AccessStateJson, Stop['why']>>> = {
  ACCESS_STATE_SIGN_IN: 'sign-in',
  ACCESS_STATE_FULL: 'full',
  ACCESS_STATE_BANNED: 'banned',
  ACCESS_STATE_COOLDOWN: 'cooldown',
  ACCESS_STATE_DECLINED: 'declined',
  ACCESS_STATE_CLOSED: 'closed',
};

const REASONS: Readonly<Record<string, Stop['why']>> = {
  GUESTS_NOT_ALLOWED: 'sign-in',
  ROOM_FULL: 'full',
  BANNED: 'banned',
  IN_COOLDOWN: 'cooldown',
  JOIN_DECLINED: 'declined',
  ROOM_CLOSED: 'closed',
  INVITE_NOT_FOUND: 'invite',
  INVITE_EXPIRED: 'invite',
  INVITE_USED_UP: 'invite',
};

export class Door {
  readonly step: StoreApi<Step> = createStore<Step>(() => ({ kind: 'joining' }));
  /** In memory alone: the room asks again after an approval. */
  private password = '';
  private cancelPoll: () => void = () => undefined;
  private ended = false;

  constructor(
    private readonly deps: DoorDeps,
    private invite: string,
  ) {}

  /** Joins, or finds out what is missing. */
  async knock(): Promise<void> {
    await this.join({});
  }

  async givePassword(password: string): Promise<void> {
    this.password = password;
    await this.join({});
  }

  /** Asks to be let in. */
  async ask(message: string): Promise<void> {
    await this.join({ application: { message } });
  }

  /** Withdraws the request. */
  async withdraw(): Promise<void> {
    this.cancelPoll();
    try {
      await this.deps.withdraw();
      this.go({ kind: 'ask' });
    } catch (error) {
      this.go(stepFromError(error));
    }
  }

  /** Knocks without the invite, which is no longer good. */
  async withoutInvite(): Promise<void> {
    this.invite = '';
    await this.knock();
  }

  destroy(): void {
    this.ended = true;
    this.cancelPoll();
  }

  private async join(input: Pick<JoinRoomRequestJson, 'application'>): Promise<void> {
    this.cancelPoll();
    this.go({ kind: 'joining' });
    try {
      const proof = this.password ? { passwordProof: await this.deps.prove(this.password) } : {};
      const invite = this.invite ? { invite: this.invite } : {};
      const { deviceId } = this.deps;
      this.settle(await this.deps.join({ deviceId, ...invite, ...proof, ...input }));
    } catch (error) {
      if (isPasswordFault(error)) this.password = '';
      this.go(stepFromError(error));
    }
  }

  private settle(answer: JoinRoomResponseJson): void {
    if (answer.member) this.go({ kind: 'in', joined: answer });
    else if (answer.state === 'ACCESS_STATE_PENDING') this.wait(answer.request ?? {}, answer.retryAfterMs);
    else if (answer.state === 'ACCESS_STATE_REQUEST_APPROVAL') this.go({ kind: 'ask' });
    else if (answer.state === 'ACCESS_STATE_PASSWORD') this.go({ kind: 'password', error: null });
    else this.go({ kind: 'stopped', stop: stopFrom(answer.state, {}) });
  }

  private wait(request: JoinRequestJson, afterMs = POLL_MS): void {
    this.go({ kind: 'waiting', request });
    if (this.ended) return;
    this.cancelPoll = this.deps.after(Math.max(1_000, afterMs), () => void this.poll(request));
  }

  private async poll(request: JoinRequestJson): Promise<void> {
    let answer: GetJoinStateResponseJson;
    try {
      answer = await this.deps.state();
    } catch {
      // The request is kept by the server: wait on.
      if (this.step.getState().kind === 'waiting') this.wait(request, RETRY_MS);
      return;
    }
    // Withdrawn in the meantime.
    if (this.ended || this.step.getState().kind !== 'waiting') return;
    const { state } = answer;
    if (state === 'ACCESS_STATE_PENDING') this.wait(answer.request ?? request, answer.retryAfterMs);
    else if (state && STOPS[state]) this.go({ kind: 'stopped', stop: stopFrom(state, answer) });
    else await this.knock();
  }

  private go(step: Step): void {
    if (!this.ended) this.step.setState(step, true);
  }
}

function isPasswordFault(error: unknown): boolean {
  return (
    error instanceof ApiError && (error.reason === 'WRONG_ROOM_PASSWORD' || error.reason === 'ROOM_PASSWORD_BLOCKED')
  );
}

function stepFromError(error: unknown): Step {
  const known = error instanceof ApiError ? error : new ApiError('', 0, 'INTERNAL');
  if (isPasswordFault(known)) return { kind: 'password', error: known };
  const { metadata } = known;
  const stop: Stop = {
    why: REASONS[known.reason] ?? 'error',
    untilMs: instantMs(metadata['until']),
    by: metadata['by'] ?? '',
    note: metadata['note'] ?? '',
    capacity: Number(metadata['capacity'] ?? 0) || 0,
    error: known,
  };
  return { kind: 'stopped', stop };
}

function stopFrom(state: AccessStateJson | undefined, answer: GetJoinStateResponseJson): Stop {
  return {
    why: (state && STOPS[state]) || 'error',
    untilMs: instantMs(answer.until),
    by: answer.byName ?? '',
    note: answer.note ?? '',
    capacity: answer.capacity ?? 0,
    error: null,
  };
}
