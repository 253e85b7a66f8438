import * as opaque from '@serenity-kit/opaque';
import { beforeAll, expect, test, vi } from 'vitest';
import { signIn, signUp } from './opaque';
import { normalizePassword, passwordFault } from './password';

const server = vi.hoisted(() => ({ setup: '', record: '', opened: 0 }));

// The server's half, by the same library; the stretching is as light as it can be.
vi.mock('../../api/endpoints', () => ({
  opaque: {
    startRegistration: (userIdentifier: string, registrationRequest: string) => ({
      ...opaque.server.createRegistrationResponse({ serverSetup: server.setup, userIdentifier, registrationRequest }),
      keyStretching: { iterations: 1, memoryKib: 64, parallelism: 1 },
    }),
    finishRegistration: (_: string, record: string) => {
      server.record = record;
      return { accessToken: 'made' };
    },
    startLogin: (userIdentifier: string, startLoginRequest: string) => {
      const { loginResponse } = opaque.server.startLogin({
        serverSetup: server.setup,
        registrationRecord: server.record,
        userIdentifier,
        startLoginRequest,
      });
      return { loginId: 'login', loginResponse, keyStretching: { iterations: 1, memoryKib: 64, parallelism: 1 } };
    },
    finishLogin: () => ({ accessToken: 'opened' }),
  },
}));

beforeAll(async () => {
  await opaque.ready;
  server.setup = opaque.server.createSetup();
});

// Case A20.
test('a password opens the account from a keyboard that spells its letters in another way', async () => {
  await signUp('ada', 'contrase\u00F1a segura');
  await expect(signIn('ada', 'contrasen\u0303a segura')).resolves.toEqual({ accessToken: 'opened' });
  await expect(signIn('ada', 'contrasena segura')).rejects.toThrow('wrong name or password');
  await expect(signIn('ada', ' contrase\u00F1a segura')).rejects.toThrow('wrong name or password');
});

test('a password is brought to NFC and to nothing else', () => {
  expect(normalizePassword('\uFF21 n\u0303 ')).toBe('\uFF21 \u00F1 ');
  expect(passwordFault('n\u0303'.repeat(4))).toMatch('at least 8');
  expect(passwordFault('x'.repeat(257))).toMatch('at most 256');
  expect(passwordFault('n\u0303'.repeat(256))).toBeNull();
});
