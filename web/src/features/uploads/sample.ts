// Case M3: whether a file is still the one of which a part was sent.
import type { Checkpoint, FileIdentity } from './entry';

const SAMPLE_BYTES = 1_048_576;

export type Comparison = 'same' | 'changed' | 'unreadable';

/** Samples what was acknowledged. `at`: acknowledged bytes from the start of the file. */
export async function sampleOf(file: Blob, at: number): Promise<Checkpoint> {
  const first = await hash(file.slice(0, Math.min(at, SAMPLE_BYTES)));
  const last = await hash(file.slice(Math.max(0, at - SAMPLE_BYTES), at));
  return { at, first, last };
}

/**
 * Compares a file with what was sent of an earlier one. Its date alone may differ: tools change it without changing the
 * bytes, so the samples decide.
 */
export async function compare(file: File, sent: FileIdentity, checkpoint: Checkpoint | null): Promise<Comparison> {
  if (file.size !== sent.size) return 'changed';
  if (!checkpoint || checkpoint.at === 0) return file.lastModified === sent.lastModified ? 'same' : 'changed';
  try {
    const now = await sampleOf(file, checkpoint.at);
    return now.first === checkpoint.first && now.last === checkpoint.last ? 'same' : 'changed';
  } catch {
    return 'unreadable';
  }
}

/** Whether a byte of the file can be read. Browsers refuse a file that changed after it was chosen. */
export async function isReadable(file: Blob): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/**
 * MurmurHash3 (x86, 32 bits, Appleby 2010) with two seeds. It has to notice a change, not to withstand an attacker; SHA-256
 * is missing on plain http, as in a home network.
 */
async function hash(part: Blob): Promise<string> {
  const bytes = new Uint8Array(await part.arrayBuffer());
  return `${murmur3(bytes, 0)}${murmur3(bytes, 0x9747b28c)}`;
}

function murmur3(bytes: Uint8Array, seed: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks = bytes.length & ~3;
  let h = seed;
  for (let i = 0; i < blocks; i += 4) {
    h ^= mix(view.getUint32(i, true));
    h = rotate(h, 13);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let i = bytes.length - 1; i >= blocks; i -= 1) rest = (rest << 8) | (bytes[i] ?? 0);
  if (bytes.length > blocks) h ^= mix(rest);
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, '0');
}

function mix(block: number): number {
  return Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
