// End-to-end encryption of what goes through the media server. It is on while everyone in voice takes part.
import { KeyExchange } from './exchange';
import { senderOf } from './keys';
import { encodeKeySignal, parseKeySignal } from './signals';
import type { Mode, Order } from './worker';

/** How private a voice chat is. */
export interface Privacy {
  /** `direct`: from browser to browser. `sealed`: the media server cannot listen. `server`: it could. */
  kind: 'direct' | 'starting' | 'sealed' | 'server';
  /** Sessions that do not take part. */
  without: readonly string[];
  /** The same for everyone when nobody changed a key on its way; empty: no keys. */
  code: string;
}

export interface EncryptionDeps {
  signal(to: string, payload: string): void;
  changed(): void;
  nowMs(): number;
}

/** Somebody who has sent no key within this time is asked again, and then does not take part. */
const ANSWER_WITHIN_MS = 1_000;
/** Frames are encrypted once everybody's keys had time to arrive. */
const SEAL_AFTER_MS = 100;

type Transformed = { transform?: unknown };
declare const RTCRtpScriptTransform: new (worker: Worker, options: { side: 'send' | 'receive' }) => unknown;

export function canEncrypt(): boolean {
  return 'RTCRtpScriptTransform' in window;
}

export class Encryption {
  private readonly worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  private readonly exchange: KeyExchange;
  private members: readonly string[] = [];
  private changedMs: number;
  private mode: Mode = 'hold';
  private hasAskedAgain = false;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  /** Names of sessions are hashed; the orders keep their order. */
  private orders: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: EncryptionDeps,
    sessionId: string,
  ) {
    this.changedMs = deps.nowMs();
    this.exchange = new KeyExchange(
      {
        send: (to, signal) => deps.signal(to, encodeKeySignal(signal)),
        own: (key) => this.orderOf(sessionId, (sender) => ({ kind: 'own', sender, key })),
        key: (id, key) => this.orderOf(id, (sender) => ({ kind: 'key', sender, key })),
        forget: (id) => this.orderOf(id, (sender) => ({ kind: 'forget', sender })),
        changed: () => this.update(),
      },
      sessionId,
    );
  }

  /** Everyone else in voice. */
  setMembers(ids: readonly string[]): void {
    if (ids.some((id) => !this.members.includes(id))) {
      this.changedMs = this.deps.nowMs();
      this.hasAskedAgain = false;
    }
    this.members = ids;
    this.exchange.setMembers(ids);
    this.update();
  }

  receive(from: string, payload: string): void {
    const signal = parseKeySignal(payload);
    if (signal) this.exchange.receive(from, signal);
  }

  sends(sender: RTCRtpSender): void {
    (sender as Transformed).transform = new RTCRtpScriptTransform(this.worker, { side: 'send' });
  }

  receives(receiver: RTCRtpReceiver): void {
    (receiver as Transformed).transform = new RTCRtpScriptTransform(this.worker, { side: 'receive' });
  }

  get privacy(): Privacy {
    const { missing, code } = this.exchange;
    if (this.mode === 'clear') return { kind: 'server', without: missing, code: '' };
    return missing.length === 0 && this.mode === 'seal'
      ? { kind: 'sealed', without: [], code }
      : { kind: 'starting', without: [], code: '' };
  }

  close(): void {
    clearTimeout(this.waiting);
    this.exchange.close();
    this.worker.terminate();
  }

  /** Encrypts once everybody has keys. Somebody who joins does not end that, unless they send none. */
  private update(): void {
    clearTimeout(this.waiting);
    if (this.exchange.missing.length === 0) {
      if (this.mode !== 'seal') this.waiting = setTimeout(() => this.setMode('seal'), SEAL_AFTER_MS);
    } else if (this.mode !== 'clear') {
      const leftMs = this.changedMs + ANSWER_WITHIN_MS - this.deps.nowMs();
      this.waiting = setTimeout(() => this.giveUp(), Math.max(0, leftMs));
    }
    this.deps.changed();
  }

  /** Asks once more, then does without those who do not answer. */
  private giveUp(): void {
    if (this.hasAskedAgain) {
      this.setMode('clear');
      return;
    }
    this.hasAskedAgain = true;
    this.changedMs = this.deps.nowMs();
    this.exchange.resend();
  }

  private setMode(mode: Mode): void {
    this.mode = mode;
    this.order({ kind: 'mode', mode });
    this.deps.changed();
  }

  private orderOf(sessionId: string, order: (sender: number) => Order): void {
    this.orders = this.orders.then(async () => this.order(order(await senderOf(sessionId))));
  }

  private order(order: Order): void {
    this.worker.postMessage(order);
  }
}
