// Begins and ends the session of this browser.
import { call } from './call';
import { AuthService } from './gen/services';
import { adopt, forget, type Session } from './session';

export async function signInAsGuest(displayName: string): Promise<Session> {
  return adopt((await call(AuthService.createGuest, { displayName })).session);
}

/** The session ends here even when the server cannot be reached. */
export async function signOut(): Promise<void> {
  try {
    await call(AuthService.logout, {});
  } finally {
    forget();
  }
}
