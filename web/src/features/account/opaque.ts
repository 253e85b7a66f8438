// Sign-up and sign-in with OPAQUE: the password never leaves the browser.
import { call } from '../../api/call';
import { ApiError } from '../../api/errors';
import { AuthService } from '../../api/gen/services';
import { normalizePassword, opaqueClient, stretching } from '../../api/opaque';
import { adopt, type Session } from '../../api/session';

export async function signUp(username: string, typed: string): Promise<Session> {
  const password = normalizePassword(typed);
  const client = await opaqueClient();
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
  const client = await opaqueClient();
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
