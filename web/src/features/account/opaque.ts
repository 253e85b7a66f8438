// Sign-up and sign-in with OPAQUE (RFC 9807): the password never leaves the browser. The library carries its
// WebAssembly inside, so it is only loaded when someone signs in or up.
import { call } from '../../api/call';
import { ApiError } from '../../api/errors';
import { AuthService } from '../../api/gen/services';
import type { KeyStretchingJson } from '../../api/gen/syncwatch/auth/v1/auth_pb';
import { adopt, type Session } from '../../api/session';
import { normalizePassword } from './password';

async function library() {
  const opaque = await import('@serenity-kit/opaque');
  await opaque.ready;
  return opaque.client;
}

/** The server sends the parameters, which belong to the account; memory is in KiB on both sides. */
function stretching(json: KeyStretchingJson | undefined) {
  const { iterations, memoryKib, parallelism } = json ?? {};
  if (!iterations || !memoryKib || !parallelism)
    throw new ApiError('the server did not say how to stretch the password', 500, 'INTERNAL');
  return { 'argon2id-custom': { iterations, memory: memoryKib, parallelism } };
}

export async function signUp(username: string, typed: string): Promise<Session> {
  const password = normalizePassword(typed);
  const client = await library();
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password });
  const started = await call(AuthService.startRegistration, { username, registrationRequest });
  const { registrationRecord } = client.finishRegistration({
    clientRegistrationState,
    registrationResponse: started.registrationResponse ?? '',
    password,
    keyStretching: stretching(started.keyStretching),
  });
  return adopt((await call(AuthService.finishRegistration, { username, registrationRecord })).session);
}

export async function signIn(username: string, typed: string): Promise<Session> {
  const password = normalizePassword(typed);
  const client = await library();
  const { clientLoginState, startLoginRequest } = client.startLogin({ password });
  const started = await call(AuthService.startLogin, { username, startLoginRequest });
  const finished = client.finishLogin({
    clientLoginState,
    loginResponse: started.loginResponse ?? '',
    password,
    keyStretching: stretching(started.keyStretching),
  });
  // A wrong password shows here: the server's envelope does not open with it.
  if (!finished) throw new ApiError('wrong name or password', 401, 'WRONG_CREDENTIALS');
  const { finishLoginRequest } = finished;
  return adopt((await call(AuthService.finishLogin, { loginId: started.loginId ?? '', finishLoginRequest })).session);
}
