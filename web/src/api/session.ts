// Who we are. The access token lives in memory alone; the refresh token in a cookie that scripts cannot read.
//
// A refresh token is good for one use, and a second use signs the session out. So refreshes are single-flight in a tab,
// one at a time among tabs, and a tab that waited takes the tokens which another one fetched.
import { createStore } from 'zustand/vanilla';
import { ApiError, UNREACHABLE } from './errors';
import { AuthService } from './gen/services';
import type { RefreshResponseJson, SessionJson } from './gen/syncwatch/auth/v1/auth_pb';
import { type HttpRequest, request, requestOf } from './http';
import { exclusively } from './lock';

export interface Session {
  accessToken: string;
  expiresMs: number;
  subjectId: string;
  displayName: string;
  guest: boolean;
  /** May manage the installation. The server checks it again at each call. */
  admin: boolean;
}

export interface SessionState {
  /** `restoring` until the session of an earlier visit is restored, or found to have ended. */
  status: 'restoring' | 'ready';
  session: Session | null;
}

export const sessionStore = createStore<SessionState>(() => ({ status: 'restoring', session: null }));

/** Set while this browser has a session: without it a refresh would fail, and is not tried. */
const HINT = 'syncwatch.session';
const LOCK = 'syncwatch.refresh';
/** Refresh this long before the token expires. */
const MARGIN_MS = 60_000;

const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('syncwatch.session');
let refreshing: Promise<Session | null> | null = null;

tabs?.addEventListener('message', ({ data }: MessageEvent<Session | null>) =>
  sessionStore.setState({ status: 'ready', session: data }),
);

export function adopt(json: SessionJson | undefined): Session {
  const { accessToken, accessExpiresAt, identity } = json ?? {};
  if (!accessToken || !identity?.subjectId)
    throw new ApiError('The server didn’t start a session. Try again in a moment.', 500, 'INTERNAL');
  const session: Session = {
    accessToken,
    expiresMs: accessExpiresAt ? Date.parse(accessExpiresAt) : Date.now() + 15 * 60_000,
    subjectId: identity.subjectId,
    displayName: identity.displayName ?? '',
    guest: identity.kind === 'SUBJECT_KIND_GUEST',
    admin: identity.kind === 'SUBJECT_KIND_ADMIN',
  };
  publish(session);
  return session;
}

export function forget(): void {
  publish(null);
}

/** Sends a request with the access token, and refreshes an expired token. */
export async function authorized<T>(call: Omit<HttpRequest, 'token'>): Promise<T> {
  const session = await fresh();
  try {
    return await request<T>({ ...call, token: session?.accessToken ?? null });
  } catch (error) {
    const expired = error instanceof ApiError && error.code === 401 && session !== null;
    if (!expired) throw error;
    const renewed = await refresh(session);
    return request<T>({ ...call, token: renewed?.accessToken ?? null });
  }
}

/**
 * The access token for a request that does not go through `authorized`, such as one that sends a file; null without a session.
 * `refused`: a token that the server no longer takes.
 */
export async function bearer(refused: string | null = null): Promise<string | null> {
  const session = await fresh();
  if (!session || session.accessToken !== refused) return session?.accessToken ?? null;
  return (await refresh(session))?.accessToken ?? null;
}

/** True: nobody is signed in, and the browser holds no session of an earlier visit either. */
export function isSignedOut({ status, session }: SessionState): boolean {
  return status === 'ready' && session === null && localStorage.getItem(HINT) === null;
}

/** Restores the session of an earlier visit, if there is one. */
export async function restore(): Promise<void> {
  try {
    if (localStorage.getItem(HINT)) await refresh(null);
  } catch {
    // The server cannot be reached: the next call tries again, and shows the error.
  } finally {
    sessionStore.setState({ status: 'ready' });
  }
}

async function fresh(): Promise<Session | null> {
  const { session } = sessionStore.getState();
  if (!session) return localStorage.getItem(HINT) ? refresh(null) : null;
  return session.expiresMs - Date.now() < MARGIN_MS ? refresh(session) : session;
}

function refresh(stale: Session | null): Promise<Session | null> {
  refreshing ??= exclusively(LOCK, () => refreshAlone(stale)).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function refreshAlone(stale: Session | null): Promise<Session | null> {
  const { session } = sessionStore.getState();
  const other = session && session.accessToken !== stale?.accessToken && session.expiresMs - Date.now() > MARGIN_MS;
  if (other) return session;
  try {
    const response = await request<RefreshResponseJson>(requestOf(AuthService.refresh, {}));
    return adopt(response.session);
  } catch (error) {
    // Only a refusal by the server ends the session; a network error does not.
    if (!(error instanceof ApiError) || error.reason === UNREACHABLE || error.code >= 500 || error.code === 429)
      throw error;
    publish(null);
    return null;
  }
}

function publish(session: Session | null): void {
  if (session) localStorage.setItem(HINT, '1');
  else localStorage.removeItem(HINT);
  sessionStore.setState({ status: 'ready', session });
  tabs?.postMessage(session);
}
