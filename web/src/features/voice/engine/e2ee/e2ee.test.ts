import { expect, it } from 'vitest';
import { seal, type Trailer, trailerOf, unseal } from './frames';
import { forward, frameKey, KeyRing, newSecret, senderOf } from './keys';

const VOICE = new Uint8Array([0x78, 1, 2, 3, 4, 5, 6, 7]);
const FIRST: Trailer = { sender: 7, generation: 0, step: 0, counter: 1 };

it('opens what it sealed, and leaves nothing of it readable', async () => {
  const key = await frameKey(newSecret());
  const frame = await seal(key, FIRST, VOICE);
  expect(trailerOf(frame)).toEqual(FIRST);
  expect(frame.length).toBe(VOICE.length + 29);
  expect([...frame.subarray(0, VOICE.length)]).not.toEqual([...VOICE]);
  expect(await unseal(key, FIRST, frame)).toEqual(VOICE);
  // Equal frames do not look equal.
  expect(await seal(key, { ...FIRST, counter: 2 }, VOICE)).not.toEqual(frame);
});

it('takes no frame that was changed, or whose trailer was', async () => {
  const key = await frameKey(newSecret());
  const frame = await seal(key, FIRST, VOICE);
  for (const at of [0, VOICE.length, frame.length - 13, frame.length - 9, frame.length - 4]) {
    const changed = frame.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    const trailer = trailerOf(changed);
    await expect(trailer && unseal(key, trailer, changed)).rejects.toThrow();
  }
});

it('knows an encrypted frame from others', () => {
  for (const data of [new Uint8Array(), VOICE, new Uint8Array(80)]) expect(trailerOf(data)).toBeNull();
  expect(trailerOf(new TextEncoder().encode('SWE'))).toBeNull();
});

it('follows a key that its sender hashes forward, and bears frames of just before', async () => {
  const ring = new KeyRing();
  const secret = newSecret();
  await ring.add(7, { secret, generation: 0, step: 0 });
  const [second, third] = [await forward(secret), await forward(await forward(secret))];
  const sealed = async (of: typeof secret, step: number) =>
    seal(await frameKey(of), { ...FIRST, step, counter: 9 }, VOICE);
  expect(await ring.open(await sealed(third, 2))).toEqual(VOICE);
  expect(await ring.open(await sealed(secret, 0))).toEqual(VOICE);
  // The one between was skipped, and there is no way back to it.
  expect(await ring.open(await sealed(second, 1))).toBeNull();
  // A wrong key at a later step moves nothing.
  expect(await ring.open(await sealed(newSecret(), 3))).toBeNull();
  expect(await ring.open(await sealed(third, 2))).toEqual(VOICE);
});

it('keeps the present generation of a sender and the one before', async () => {
  const ring = new KeyRing();
  const secrets = [newSecret(), newSecret(), newSecret()];
  for (const [generation, secret] of secrets.entries()) await ring.add(7, { secret, generation, step: 0 });
  const opened = await Promise.all(
    secrets.map(async (secret, generation) =>
      ring.open(await seal(await frameKey(secret), { ...FIRST, generation }, VOICE)),
    ),
  );
  expect(opened).toEqual([null, VOICE, VOICE]);
  ring.forget(7);
  expect(
    await ring.open(await seal(await frameKey(secrets[2] ?? newSecret()), { ...FIRST, generation: 2 }, VOICE)),
  ).toBeNull();
});

it('names sessions shortly, and differently', async () => {
  const names = await Promise.all(['session_a', 'session_b', 'session_a'].map(senderOf));
  expect(names[0]).toBe(names[2]);
  expect(names[0]).not.toBe(names[1]);
});
