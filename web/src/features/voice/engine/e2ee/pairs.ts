// The keys that two browsers share by ECDH (P-256), under which they send each other their secrets.
import type { Secret } from './keys';

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;

export class PairKeys {
  /** The own public key, as base64. */
  own = '';
  private pair: CryptoKeyPair | null = null;
  private readonly others = new Map<string, { text: string; key: CryptoKey }>();

  constructor(private readonly sessionId: string) {}

  async ready(): Promise<void> {
    this.pair = await crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
    this.own = toBase64(new Uint8Array(await crypto.subtle.exportKey('raw', this.pair.publicKey)));
  }

  /** Rejects what is no public key. */
  async add(id: string, text: string): Promise<void> {
    if (!this.pair) return;
    const other = await crypto.subtle.importKey('raw', fromBase64(text), CURVE, false, []);
    const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: other }, this.pair.privateKey, 256);
    const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
    // Both ends name the sessions in one order.
    const info = new TextEncoder().encode(`syncwatch voice ${[this.sessionId, id].toSorted().join(' ')}`);
    const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
    const key = await crypto.subtle.deriveKey(how, base, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    this.others.set(id, { text, key });
  }

  /** Whether a session is known by another key than this one. */
  isOther(id: string, text: string): boolean {
    const known = this.others.get(id);
    return known !== undefined && known.text !== text;
  }

  forget(id: string): void {
    this.others.delete(id);
  }

  async seal(id: string, secret: Secret): Promise<{ iv: string; sealed: string }> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.keyOf(id), secret);
    return { iv: toBase64(iv), sealed: toBase64(new Uint8Array(sealed)) };
  }

  /** Rejects what the other end did not seal. */
  async open(id: string, { iv, sealed }: { iv: string; sealed: string }): Promise<Secret> {
    const how = { name: 'AES-GCM', iv: fromBase64(iv) };
    return new Uint8Array(await crypto.subtle.decrypt(how, this.keyOf(id), fromBase64(sealed)));
  }

  /** Public keys by session, the own one among them. */
  all(): [string, string][] {
    return [[this.sessionId, this.own], ...[...this.others].map(([id, { text }]): [string, string] => [id, text])];
  }

  private keyOf(id: string): CryptoKey {
    const { key } = this.others.get(id) ?? {};
    if (!key) throw new Error(`no key is shared with ${id}`);
    return key;
  }
}

/** Eight digits that are the same for everyone when nobody changed a key on its way. */
export async function codeOf(keys: readonly [string, string][]): Promise<string> {
  const text = keys
    .map((pair) => pair.join(' '))
    .toSorted()
    .join('\n');
  const hash = new DataView(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const part = (at: number) => String(hash.getUint32(at) % 10_000).padStart(4, '0');
  return `${part(0)} ${part(4)}`;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
