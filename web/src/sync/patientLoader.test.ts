import { type FragmentLoaderContext, type LoaderCallbacks, type LoaderConfiguration, XhrLoader } from 'hls.js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { patientLoader } from './patientLoader';

interface Answer {
  status: number;
  headers?: Record<string, string>;
}

/** Answers of the server, in order. */
let answers: Answer[] = [];
let asked = 0;

class FakeXhr {
  readyState = 0;
  status = 0;
  statusText = '';
  responseType = '';
  response: ArrayBuffer | null = null;
  onreadystatechange: (() => void) | null = null;
  private headers: Record<string, string> = {};
  readonly open = () => undefined;
  readonly abort = () => undefined;
  readonly getResponseHeader = (name: string) => this.headers[name] ?? null;
  readonly send = () => {
    asked += 1;
    const { status, headers = {} } = answers.shift() ?? { status: 200 };
    Object.assign(this, { status, headers, response: status === 200 ? new ArrayBuffer(8) : null, readyState: 4 });
    queueMicrotask(() => this.onreadystatechange?.());
  };
}

const POLICY = { maxTimeToFirstByteMs: 15_000, maxLoadTimeMs: 120_000, timeoutRetry: null, errorRetry: null };

function load() {
  const loader = new (patientLoader(XhrLoader))({} as ConstructorParameters<typeof XhrLoader>[0]);
  const heard: string[] = [];
  const callbacks: LoaderCallbacks<FragmentLoaderContext> = {
    onSuccess: (_response, stats) => heard.push(`loaded, asked for at ${stats.loading.start}`),
    onError: ({ code }) => heard.push(`error ${code}`),
    onTimeout: () => heard.push('timeout'),
  };
  const context = { url: '/7.m4s', responseType: 'arraybuffer' } as FragmentLoaderContext;
  loader.load(context, { loadPolicy: POLICY, timeout: 0 } as unknown as LoaderConfiguration, callbacks);
  return { loader, heard };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.stubGlobal('XMLHttpRequest', FakeXhr);
  asked = 0;
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('asks again when the server says, and not before', async () => {
  answers = [
    { status: 503, headers: { 'Retry-After': '3' } },
    { status: 503, headers: { 'Retry-After': '1' } },
  ];
  const { heard } = load();
  await vi.advanceTimersByTimeAsync(2_999);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([asked, heard]).toEqual([3, ['loaded, asked for at 4000']]);
});

it.each<Answer>([
  { status: 503, headers: {} },
  { status: 503, headers: { 'Retry-After': 'Fri, 27 Nov 2026 12:00:00 GMT' } },
  { status: 404, headers: { 'Retry-After': '3' } },
])('leaves $status with $headers to hls.js', async (answer) => {
  answers = [answer];
  const { heard } = load();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked, heard]).toEqual([1, [`error ${answer.status}`]]);
});

it('waits no longer than ten seconds at once, and not for ever', async () => {
  answers = Array.from({ length: 100 }, () => ({ status: 503, headers: { 'Retry-After': '3600' } }));
  const { heard } = load();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000_000);
  expect([asked, heard]).toEqual([61, ['error 503']]);
});

it('asks for nothing once it is aborted', async () => {
  answers = [{ status: 503, headers: { 'Retry-After': '3' } }];
  const { loader, heard } = load();
  await vi.advanceTimersByTimeAsync(1_000);
  loader.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked, heard]).toEqual([1, []]);
});
