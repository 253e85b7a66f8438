// Case M2: who signs out leaves no names of files and no upload URLs behind for the next person.
import { isSignedOut, sessionStore } from '../../api/session';
import { openEntries } from './entries';

export function forgetUploadsOnSignOut(): void {
  const forget = () => {
    // A browser that refuses its storage has nothing stored.
    if (isSignedOut(sessionStore.getState()))
      openEntries()
        .clear()
        .catch(() => undefined);
  };
  sessionStore.subscribe(forget);
}
