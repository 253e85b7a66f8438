// How an encoded audio frame is encrypted: AES-GCM over the whole payload, and a trailer that names the key, after the model of
// SFrame (RFC 9605). The media server rewrites sequence numbers and timestamps, so nothing is derived from them.
//
//   ciphertext | tag (16) | sender (4) | generation (1) | step (1) | counter (4) | "SWE" (3)
//
// The initialisation vector is the counter, which never repeats under a key; the trailer is authenticated.

const MAGIC = [0x53, 0x57, 0x45] as const;
const TRAILER = 13;
const TAG = 16;

export interface Trailer {
  /** Short name of the sender's session. */
  sender: number;
  /** Counts the keys of a sender. */
  generation: number;
  /** How often the key was hashed forward. */
  step: number;
  counter: number;
}

/** The trailer of an encrypted frame; null for any other frame. */
export function trailerOf(data: Uint8Array): Trailer | null {
  const from = data.length - TRAILER;
  if (from < TAG || !MAGIC.every((byte, n) => data[from + 10 + n] === byte)) return null;
  const view = new DataView(data.buffer, data.byteOffset + from, TRAILER);
  return {
    sender: view.getUint32(0),
    generation: view.getUint8(4),
    step: view.getUint8(5),
    counter: view.getUint32(6),
  };
}

function bytesOf({ sender, generation, step, counter }: Trailer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(TRAILER);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, sender);
  view.setUint8(4, generation);
  view.setUint8(5, step);
  view.setUint32(6, counter);
  bytes.set(MAGIC, 10);
  return bytes;
}

function cipher(trailer: Trailer): AesGcmParams {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, trailer.counter);
  return { name: 'AES-GCM', iv, additionalData: bytesOf(trailer), tagLength: TAG * 8 };
}

export async function seal(
  key: CryptoKey,
  trailer: Trailer,
  payload: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const sealed = new Uint8Array(await crypto.subtle.encrypt(cipher(trailer), key, payload));
  const frame = new Uint8Array(sealed.length + TRAILER);
  frame.set(sealed);
  frame.set(bytesOf(trailer), sealed.length);
  return frame;
}

/** Rejects when the key is another one, or the frame was changed. */
export async function unseal(key: CryptoKey, trailer: Trailer, frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.decrypt(cipher(trailer), key, frame.subarray(0, -TRAILER)));
}
