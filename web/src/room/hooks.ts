// How components reach the room that they are shown in.
import { createContext, useContext, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { explain } from '../api/errors';
import type { Permission } from '../api/permissions';
import { secondsLeft } from './ownership';
import type { RoomSession } from './session';
import { access } from './slices/access';
import type { RoomState } from './store';

export const RoomContext = createContext<RoomSession | null>(null);

export function useRoomSession(): RoomSession {
  const session = useContext(RoomContext);
  if (!session) throw new Error('a part of the room is shown outside of one');
  return session;
}

/** The selector must return the same value for the same state: no new arrays or objects. */
export function useRoom<T>(select: (room: RoomState) => T): T {
  return useStore(useRoomSession().store, select);
}

export function useMay(permission: Permission): boolean {
  return useRoom((room) => access.select.may(room, permission));
}

/** A control that needs a permission. */
export interface Gate {
  may: boolean;
  /** Runs the action, or says why this person may not and whom to ask. */
  press(action: () => void): void;
}

/** A control without the permission is `aria-disabled` and not `disabled`: a press on it explains the refusal. */
export function useGate(permission: Permission): Gate {
  const session = useRoomSession();
  const may = useMay(permission);
  return { may, press: (action) => (may ? action() : session.explainRefusal(permission)) };
}

const COUNT_EVERY_MS = 250;

/** Whole seconds until an instant of the server's clock; 0 once it is over. */
export function useCountdown(untilServerMs: number): number {
  const session = useRoomSession();
  const [left, setLeft] = useState(() => secondsLeft(untilServerMs, session.serverNowMs()));
  useEffect(() => {
    const read = () => {
      const now = secondsLeft(untilServerMs, session.serverNowMs());
      setLeft(now);
      if (now === 0) clearInterval(timer);
    };
    const timer = setInterval(read, COUNT_EVERY_MS);
    read();
    return () => clearInterval(timer);
  }, [session, untilServerMs]);
  return left;
}

/** The time of this device in ms, read again every so often. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}

/** A request that a press starts. */
export interface Action {
  busy: boolean;
  /** Why the last one failed, in words; empty otherwise. */
  error: string;
  /** Returns whether it succeeded. A press while it runs does nothing. */
  run(request: () => Promise<unknown>): Promise<boolean>;
}

export function useAction(): Action {
  const [state, setState] = useState({ busy: false, error: '' });
  const run = async (request: () => Promise<unknown>): Promise<boolean> => {
    if (state.busy) return false;
    setState({ busy: true, error: '' });
    try {
      await request();
      setState({ busy: false, error: '' });
      return true;
    } catch (error) {
      setState({ busy: false, error: explain(error) });
      return false;
    }
  };
  return { ...state, run };
}

export interface Loaded<T> {
  /** Null until the first answer. */
  data: T | null;
  /** Why the last read failed, in words; empty otherwise. */
  error: string;
  reload(): void;
}

/** Reads once, and again whenever `key` changes. What was read before stays until the next answer. */
export function useLoaded<T>(key: string, read: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<{ data: T | null; error: string }>({ data: null, error: '' });
  const latest = useRef(read);
  useEffect(() => {
    latest.current = read;
  });
  useEffect(() => {
    const abort = new AbortController();
    latest.current(abort.signal).then(
      (data) => setState({ data, error: '' }),
      (error: unknown) => {
        if (!abort.signal.aborted) setState((before) => ({ ...before, error: explain(error) }));
      },
    );
    return () => abort.abort();
  }, [key, attempt]);
  return { ...state, reload: () => setAttempt(attempt + 1) };
}
