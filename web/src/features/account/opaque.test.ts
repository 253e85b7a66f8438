import * as opaque from '@serenity-kit/opaque';
import { beforeAll, expect, test, vi } from 'vitest';
import { normalizePassword } from '../../api/opaque';
import type { Rpc } from '../../api/rpc';
import { signIn, signUp } from './opaque';
import { passwordFault } from './password';

const server = vi.hoisted(() => ({ setup: '', record: '' }));

// The server's side, by the same library, with the lightest key stretching.
const keyStretching = { iterations: 1, memoryKib: 64, parallelism: 1 };
const ANSWERS: Readonly<Record<string, (input: Record<string, string>) => object>> = {
  StartRegistration: ({ username = '', registrationRequest = '' }) => ({
    ...opaque.server.createRegistrationResponse({
      serverSetup: server.setup,
      userIdentifier: username,
      registrationRequest,
    }),
    keyStretching,
  }),
  FinishRegistration: ({ registrationRecord = '' }) => {
    server.record = registrationRecord;
    return { session: { accessToken: 'made' } };
  },
  StartLogin: ({ username = '', startLoginRequest = '' }) => {
    const { loginResponse } = opaque.server.startLogin({
      serverSetup: server.setup,
      registrationRecord: server.record,
      userIdentifier: username,
      startLoginRequest,
    });
    return { loginId: 'login', loginResponse, keyStretching };
  },
  FinishLogin: () => ({ session: { accessToken: 'opened' } }),
};

vi.mock('../../api/call', () => ({
  call: async (rpc: Rpc<object, unknown>, input: Record<string, string>) =>
    ANSWERS[rpc.name.split('/').at(-1) ?? '']?.(input),
}));
vi.mock('../../api/session', () => ({ adopt: (session: object) => session }));

beforeAll(async () => {
  await opaque.ready;
  server.setup = opaque.server.createSetup();
});

// Case A20.
test('a password works from a keyboard with another Unicode form', async () => {
  await signUp('ada', 'contrase\u00F1a segura');
  await expect(signIn('ada', 'contrasen\u0303a segura')).resolves.toEqual({ accessToken: 'opened' });
  await expect(signIn('ada', 'contrasena segura')).rejects.toThrow('wrong name or password');
  await expect(signIn('ada', ' contrase\u00F1a segura')).rejects.toThrow('wrong name or password');
});

test('a password is normalized to NFC and not changed otherwise', () => {
  expect(normalizePassword('\uFF21 n\u0303 ')).toBe('\uFF21 \u00F1 ');
  expect(passwordFault('n\u0303'.repeat(4))).toMatch('at least 8');
  expect(passwordFault('x'.repeat(257))).toMatch('at most 256');
  expect(passwordFault('n\u0303'.repeat(256))).toBeNull();
});
