// A lock among all tabs of this browser. Plain http has no Web Locks; there a lease in localStorage replaces them, which
// is good enough for calls that rarely race.

const LEASE_MS = 10_000;
const POLL_MS = 60;

export async function exclusively<T>(name: string, run: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | undefined | null;
  if (locks) {
    // The declared type wraps the result in a second promise.
    return (await locks.request(name, run)) as T;
  }
  const key = `lock:${name}`;
  const mine = Math.random().toString(36).slice(2);
  const giveUp = Date.now() + LEASE_MS;
  while (Date.now() < giveUp) {
    const [, until] = (localStorage.getItem(key) ?? '').split(' ');
    if (!until || Number(until) < Date.now()) {
      localStorage.setItem(key, `${mine} ${Date.now() + LEASE_MS}`);
      await pause(POLL_MS);
      if (localStorage.getItem(key)?.startsWith(mine)) break;
    }
    await pause(POLL_MS);
  }
  try {
    return await run();
  } finally {
    if (localStorage.getItem(key)?.startsWith(mine)) localStorage.removeItem(key);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
