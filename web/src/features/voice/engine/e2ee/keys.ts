// Keys of the senders of a voice chat. Each has a secret of its own, which is hashed forward when somebody joins, so that they
// cannot open what was said before, and replaced when somebody leaves.
import { type Trailer, trailerOf, unseal } from './frames';

export type Secret = Uint8Array<ArrayBuffer>;

/** A secret with its place in the life of its sender. */
export interface SenderKey {
  secret: Secret;
  generation: number;
  step: number;
}

/** A frame may skip so many steps: one for each person who joined meanwhile. */
const MAX_STEPS = 64;
/** Frames under an older key still arrive for a moment. */
const KEPT_STEPS = 2;

export function newSecret(): Secret {
  return crypto.getRandomValues(new Uint8Array(32));
}

async function derive(secret: Secret, info: string): Promise<Secret> {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new TextEncoder().encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, base, 256));
}

/** The secret after this one. There is no way back. */
export function forward(secret: Secret): Promise<Secret> {
  return derive(secret, 'syncwatch voice forward');
}

export async function frameKey(secret: Secret): Promise<CryptoKey> {
  const raw = await derive(secret, 'syncwatch voice frame');
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** Short name of a session in trailers. */
export async function senderOf(sessionId: string): Promise<number> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(sessionId));
  return new DataView(hash).getUint32(0);
}

interface Known {
  generation: number;
  step: number;
  secret: Secret;
  keys: Map<number, CryptoKey>;
}

/** The keys of the others, by the short names of their sessions. The present generation and the one before are kept. */
export class KeyRing {
  private readonly senders = new Map<number, Known[]>();

  async add(sender: number, { secret, generation, step }: SenderKey): Promise<void> {
    const keys = new Map([[step, await frameKey(secret)]]);
    const others = (this.senders.get(sender) ?? []).filter((one) => one.generation !== generation);
    this.senders.set(sender, [...others, { generation, step, secret, keys }].slice(-2));
  }

  forget(sender: number): void {
    this.senders.delete(sender);
  }

  /** Opens an encrypted frame; null: its key is not known, or it was changed. */
  async open(frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array | null> {
    const trailer = trailerOf(frame);
    const known = trailer && this.senders.get(trailer.sender)?.find((one) => one.generation === trailer.generation);
    if (!known) return null;
    const key = known.keys.get(trailer.step);
    try {
      return key ? await unseal(key, trailer, frame) : await this.openAhead(known, trailer, frame);
    } catch {
      return null;
    }
  }

  /** The sender has hashed the key forward. It counts once a frame opens with it. */
  private async openAhead(known: Known, trailer: Trailer, frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array | null> {
    if (trailer.step <= known.step || trailer.step > known.step + MAX_STEPS) return null;
    let { secret } = known;
    for (let { step } = known; step < trailer.step; step += 1) secret = await forward(secret);
    const key = await frameKey(secret);
    const payload = await unseal(key, trailer, frame);
    known.secret = secret;
    known.step = trailer.step;
    known.keys = new Map([...known.keys, [trailer.step, key] as const].slice(-KEPT_STEPS));
    return payload;
  }
}
