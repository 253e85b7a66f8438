// Agrees on keys with each other person in voice: ECDH between two browsers, by `signal` frames of the room. Each sends its own
// secret to each other one under the key that the two share.
import { forward, newSecret, type SenderKey } from './keys';
import { codeOf, PairKeys } from './pairs';

export type KeySignal =
  | { kind: 'public'; key: string }
  | { kind: 'secret'; generation: number; step: number; iv: string; sealed: string };

export interface ExchangeDeps {
  send(to: string, signal: KeySignal): void;
  /** The own key from now on. */
  own(key: SenderKey): void;
  /** The key of another session. */
  key(sessionId: string, key: SenderKey): void;
  forget(sessionId: string): void;
  changed(): void;
}

interface Member {
  /** They have sent their secret. */
  isKnown: boolean;
  /** They have, or will have, the own secret. */
  isTold: boolean;
}

/** A new key is used once the others have it. */
const USE_AFTER_MS = 200;

export class KeyExchange {
  /** Short code of everybody's keys, which people may compare. */
  code = '';
  private readonly members = new Map<string, Member>();
  private readonly pairs: PairKeys;
  private mine: SenderKey = { secret: newSecret(), generation: 0, step: 0 };
  private using: ReturnType<typeof setTimeout> | undefined;
  /** Changes are made one after the other. */
  private work: Promise<void>;

  constructor(
    private readonly deps: ExchangeDeps,
    sessionId: string,
  ) {
    this.pairs = new PairKeys(sessionId);
    this.work = this.pairs.ready();
    deps.own(this.mine);
  }

  /** Sessions from which no key has come. */
  get missing(): string[] {
    return [...this.members].filter(([, { isKnown, isTold }]) => !isKnown || !isTold).map(([id]) => id);
  }

  /** Everyone else in voice. */
  setMembers(ids: readonly string[]): void {
    const left = [...this.members.keys()].filter((id) => !ids.includes(id));
    const joined = ids.filter((id) => !this.members.has(id));
    if (left.length + joined.length === 0) return;
    const isFirst = this.members.size === 0;
    for (const id of left) {
      this.members.delete(id);
      this.pairs.forget(id);
      this.deps.forget(id);
    }
    for (const id of joined) this.members.set(id, { isKnown: false, isTold: false });
    this.enqueue(async () => {
      if (left.length > 0) await this.replace();
      else if (!isFirst) await this.step();
      for (const id of joined) this.deps.send(id, { kind: 'public', key: this.pairs.own });
    });
  }

  receive(from: string, signal: KeySignal): void {
    this.enqueue(async () => {
      const member = this.members.get(from);
      if (!member) return;
      if (signal.kind === 'public') {
        // Somebody who has forgotten everything, as after a reload, needs the own key again.
        if (this.pairs.isOther(from, signal.key)) this.deps.send(from, { kind: 'public', key: this.pairs.own });
        await this.pairs.add(from, signal.key);
        this.code = await codeOf(this.pairs.all());
        await this.tell(from);
      } else {
        const { generation, step } = signal;
        const secret = await this.pairs.open(from, signal);
        this.deps.key(from, { secret, generation, step });
        member.isKnown = true;
      }
    });
  }

  /** Sends the public key again to those from whom nothing came: signals may get lost. */
  resend(): void {
    this.enqueue(async () => {
      for (const id of this.missing) this.deps.send(id, { kind: 'public', key: this.pairs.own });
    });
  }

  close(): void {
    clearTimeout(this.using);
    this.members.clear();
  }

  private async tell(id: string): Promise<void> {
    const member = this.members.get(id);
    if (!member) return;
    const { generation, step, secret } = this.mine;
    this.deps.send(id, { kind: 'secret', generation, step, ...(await this.pairs.seal(id, secret)) });
    member.isTold = true;
  }

  /** Somebody joined: they get a secret that opens nothing of before. The others follow by themselves. */
  private async step(): Promise<void> {
    const { secret, generation, step } = this.mine;
    if (step === 255) return this.replace();
    this.mine = { secret: await forward(secret), generation, step: step + 1 };
    this.use(0);
  }

  /** Somebody left: what is said from now on is none of their business. */
  private async replace(): Promise<void> {
    this.mine = { secret: newSecret(), generation: (this.mine.generation + 1) % 256, step: 0 };
    for (const [id, { isTold }] of this.members) if (isTold) await this.tell(id);
    this.use(USE_AFTER_MS);
  }

  private use(afterMs: number): void {
    clearTimeout(this.using);
    const key = this.mine;
    if (afterMs === 0) this.deps.own(key);
    else this.using = setTimeout(() => this.deps.own(key), afterMs);
  }

  private enqueue(change: () => Promise<void>): void {
    this.work = this.work
      .then(change)
      // A signal that cannot be read leaves its sender without keys, which the page shows.
      .catch(() => undefined)
      .then(() => this.deps.changed());
  }
}
