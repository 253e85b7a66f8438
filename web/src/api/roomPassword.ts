// The password of a room, by OPAQUE. Case W35: the same normalization as for accounts.
import { call } from './call';
import { ApiError } from './errors';
import { MemberService } from './gen/services';
import type { PasswordProofJson, SetRoomPasswordResponseJson } from './gen/syncwatch/room/v1/member_pb';
import { normalizePassword, opaqueClient, stretching } from './opaque';

/** Proves a room's password. Rejects with WRONG_ROOM_PASSWORD when it is wrong. */
export async function proveRoomPassword(room: string, typed: string): Promise<PasswordProofJson> {
  const password = normalizePassword(typed);
  const client = await opaqueClient();
  const { clientLoginState, startLoginRequest } = client.startLogin({ password });
  const started = await call(MemberService.startRoomPasswordProof, { room, start: startLoginRequest });
  const finished = client.finishLogin({
    clientLoginState,
    loginResponse: started.response ?? '',
    password,
    keyStretching: stretching(started.keyStretching),
  });
  // A wrong password shows here: the server's envelope does not open with it.
  if (!finished) throw new ApiError('wrong password', 403, 'WRONG_ROOM_PASSWORD');
  return { proofId: started.proofId ?? '', finish: finished.finishLoginRequest };
}

/** Sets a room's password; an empty one removes it. */
export async function setRoomPassword(room: string, typed: string): Promise<SetRoomPasswordResponseJson> {
  if (!typed) return call(MemberService.setRoomPassword, { room });
  const password = normalizePassword(typed);
  const client = await opaqueClient();
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password });
  const started = await call(MemberService.startRoomPassword, { room, start: registrationRequest });
  const { registrationRecord } = client.finishRegistration({
    clientRegistrationState,
    registrationResponse: started.response ?? '',
    password,
    keyStretching: stretching(started.keyStretching),
  });
  const registration = { registrationId: started.registrationId ?? '', record: registrationRecord };
  return call(MemberService.setRoomPassword, { room, registration });
}
