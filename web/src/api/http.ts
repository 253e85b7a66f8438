// One JSON request.
import { errorFrom, unreachable } from './errors';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: object;
  token?: string | null;
  /** Refresh tokens travel in a cookie that scripts cannot read. */
  cookies?: boolean;
  signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 20_000;

export async function request<T>({ method, path: where, body, token, cookies, signal }: HttpRequest): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body) headers['content-type'] = 'application/json';
  if (token) headers['authorization'] = `Bearer ${token}`;
  if (cookies) headers['x-syncwatch-tokens'] = 'cookie';
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(where, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      credentials: 'same-origin',
      cache: 'no-store',
      // The answer to a refresh carries the next refresh token: it must arrive although the page is being left.
      keepalive: cookies ?? false,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable();
  }
  const json = parse(text);
  if (!response.ok) throw errorFrom(response.status, json);
  return (json ?? {}) as T;
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** A path with its variables put in, each escaped; `query` leaves out what is empty. */
export function path(parts: TemplateStringsArray, ...values: string[]): string {
  return parts.reduce((whole, part, i) => whole + encodeURIComponent(values[i - 1] ?? '') + part);
}

export function query(values: Record<string, string | number | undefined>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value) params.set(key, String(value));
  const text = params.toString();
  return text ? `?${text}` : '';
}
