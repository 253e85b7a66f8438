import { beforeEach, expect, it, vi } from 'vitest';

interface Call {
  path: string;
  authorization: string | null;
  cookies: boolean;
}

/** A server that rotates refresh tokens and signs out who uses one twice. */
function server() {
  const calls: Call[] = [];
  let generation = 0;
  let expiresInMs = 900_000;
  let refuse: number | null = null;
  const fetch = vi.fn(async (path: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    calls.push({
      path,
      authorization: headers.get('authorization'),
      cookies: headers.get('x-syncwatch-tokens') === 'cookie',
    });
    await Promise.resolve();
    if (path === '/api/auth/refresh') {
      if (refuse) return Response.json({ error: { message: 'no', details: [] } }, { status: refuse });
      generation += 1;
      const accessExpiresAt = new Date(Date.now() + expiresInMs).toISOString();
      return Response.json({
        session: {
          accessToken: `token ${generation}`,
          accessExpiresAt,
          identity: { subjectId: 'guest_a', kind: 'SUBJECT_KIND_GUEST', displayName: 'Mia' },
        },
      });
    }
    if (headers.get('authorization') === 'Bearer stale')
      return Response.json({ error: { message: 'expired', details: [] } }, { status: 401 });
    return Response.json({ ok: true });
  });
  vi.stubGlobal('fetch', fetch);
  return {
    calls,
    refreshes: () => calls.filter((c) => c.path === '/api/auth/refresh').length,
    expireIn: (ms: number) => {
      expiresInMs = ms;
    },
    refuse: (status: number | null) => {
      refuse = status;
    },
  };
}

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
});

const identity = { subjectId: 'guest_a', kind: 'SUBJECT_KIND_GUEST', displayName: 'Mia' } as const;

it('sends no request without an earlier session', async () => {
  const { calls } = server();
  const { restore, sessionStore } = await import('./session');
  await restore();
  expect(sessionStore.getState()).toEqual({ status: 'ready', session: null });
  expect(calls).toEqual([]);
});

it('restores the session of an earlier visit by the cookie', async () => {
  const { calls } = server();
  localStorage.setItem('syncwatch.session', '1');
  const { restore, sessionStore } = await import('./session');
  await restore();
  expect(sessionStore.getState().session).toMatchObject({ accessToken: 'token 1', displayName: 'Mia', guest: true });
  expect(calls).toEqual([{ path: '/api/auth/refresh', authorization: null, cookies: true }]);
});

it.each([
  ['SUBJECT_KIND_GUEST', { guest: true, admin: false }],
  ['SUBJECT_KIND_USER', { guest: false, admin: false }],
  ['SUBJECT_KIND_ADMIN', { guest: false, admin: true }],
] as const)('knows what a person of %s is', async (kind, is) => {
  const { adopt } = await import('./session');
  expect(adopt({ accessToken: 'a', identity: { ...identity, kind } })).toMatchObject(is);
});

it('refreshes once for many calls at the same time', async () => {
  const { refreshes } = server();
  const { adopt, authorized } = await import('./session');
  adopt({ accessToken: 'stale', accessExpiresAt: new Date(Date.now() + 1_000).toISOString(), identity });
  await Promise.all(Array.from({ length: 5 }, () => authorized({ method: 'GET', path: '/api/rooms' })));
  expect(refreshes()).toBe(1);
});

it('refreshes and repeats the request when the token has expired', async () => {
  const { calls } = server();
  const { adopt, authorized } = await import('./session');
  adopt({ accessToken: 'stale', accessExpiresAt: new Date(Date.now() + 800_000).toISOString(), identity });
  await expect(authorized({ method: 'GET', path: '/api/rooms' })).resolves.toEqual({ ok: true });
  expect(calls.map((c) => c.authorization)).toEqual(['Bearer stale', null, 'Bearer token 1']);
});

it('is signed out when the server refuses the refresh, and stays signed in when it is down', async () => {
  const { refuse } = server();
  const { adopt, authorized, sessionStore } = await import('./session');
  adopt({ accessToken: 'stale', accessExpiresAt: new Date(Date.now() + 1_000).toISOString(), identity });
  refuse(503);
  await expect(authorized({ method: 'GET', path: '/api/rooms' })).rejects.toMatchObject({ code: 503 });
  expect(sessionStore.getState().session).not.toBeNull();
  refuse(401);
  await authorized({ method: 'GET', path: '/api/rooms' });
  expect(sessionStore.getState().session).toBeNull();
  expect(localStorage.getItem('syncwatch.session')).toBeNull();
});
