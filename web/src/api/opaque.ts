// OPAQUE (RFC 9807) in the browser: the server never sees a password, neither of an account nor of a room. The library
// carries its WebAssembly inside, so it is only loaded when someone types a password.
import { ApiError } from './errors';

export async function opaqueClient() {
  const opaque = await import('@serenity-kit/opaque');
  await opaque.ready;
  return opaque.client;
}

/** Parameters of Argon2id as the server sends them; memory is in KiB on both sides. */
interface Stretching {
  iterations?: number;
  memoryKib?: number;
  parallelism?: number;
}

export function stretching(json: Stretching | undefined) {
  const { iterations, memoryKib, parallelism } = json ?? {};
  if (!iterations || !memoryKib || !parallelism)
    throw new ApiError('the server did not say how to stretch the password', 500, 'INTERNAL');
  return { 'argon2id-custom': { iterations, memory: memoryKib, parallelism } };
}

/**
 * Normalizes a password for OPAQUE to NFC: keyboards send `ñ` as one character or as two, and the record depends on the
 * bytes. Not NFKC: `Ａ` (U+FF21) stays different from `A`. Nothing is trimmed. The server does the same with passwords
 * that it gets.
 */
export function normalizePassword(typed: string): string {
  return typed.normalize('NFC');
}
