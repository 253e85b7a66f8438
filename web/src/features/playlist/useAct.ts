import { useState } from 'react';
import { explain } from '../../api/errors';
import { notify } from '../../ui/toasts';

/** Runs one change at a time. A refusal is said in words. */
export function useAct(): { busy: boolean; act: <T>(change: () => Promise<T>) => Promise<T | undefined> } {
  const [busy, setBusy] = useState(false);
  const act = async <T>(change: () => Promise<T>) => {
    setBusy(true);
    try {
      return await change();
    } catch (error) {
      notify(explain(error));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { busy, act };
}
