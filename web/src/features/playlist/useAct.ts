import { useState } from 'react';
import { explain } from '../../api/errors';
import { useRoomSession } from '../../room/hooks';
import { notify } from '../../ui/toasts';

/** Runs one change at a time. A refusal is said in words; a missing permission is explained, with a way to ask for it. */
export function useAct(): { busy: boolean; act: <T>(change: () => Promise<T>) => Promise<T | undefined> } {
  const session = useRoomSession();
  const [busy, setBusy] = useState(false);
  const act = async <T>(change: () => Promise<T>) => {
    setBusy(true);
    try {
      return await change();
    } catch (error) {
      if (!session.refused(error)) notify(explain(error));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { busy, act };
}
