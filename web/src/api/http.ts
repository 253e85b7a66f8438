// One JSON request.
import { errorFrom, unreachable } from './errors';
import type { Rpc } from './rpc';

export interface HttpRequest {
  method: Rpc<object, unknown>['verb'];
  path: string;
  body?: object;
  token?: string | null;
  /** Refresh tokens travel in a cookie that scripts cannot read. */
  cookies?: boolean;
  signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 20_000;

export async function request<T>({ method, path, body, token, cookies, signal }: HttpRequest): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body) headers['content-type'] = 'application/json';
  if (token) headers['authorization'] = `Bearer ${token}`;
  if (cookies) headers['x-syncwatch-tokens'] = 'cookie';
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
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

/** The HTTP request of a call, by the rules of `google.api.http`: path variables, then the body, then the query. */
export function requestOf<Input extends object>(
  rpc: Rpc<Input, unknown>,
  input: Input,
  signal?: AbortSignal,
): HttpRequest {
  const rest = { ...input } as Record<string, unknown>;
  const take = (name: string): unknown => {
    const value = rest[name];
    delete rest[name];
    return value;
  };
  const path = rpc.path.replaceAll(/\{(\w+)\}/g, (_variable, name: string) =>
    encodeURIComponent(String(take(name) ?? '')),
  );
  const common = { method: rpc.verb, cookies: rpc.carriesCookie ?? false, signal };
  if (rpc.body === '*') return { ...common, path, body: rest };
  const body = rpc.body === undefined ? undefined : ((take(rpc.body) ?? {}) as object);
  return { ...common, path: path + queryOf(rest), ...(body && { body }) };
}

/** Fields with their default are left out, which the server reads as such. */
function queryOf(fields: Record<string, unknown>): string {
  const params = new URLSearchParams();
  const add = (name: string, value: unknown) => {
    if (Array.isArray(value)) for (const one of value) add(name, one);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) add(`${name}.${key}`, inner);
    else if (value) params.append(name, String(value));
  };
  for (const [name, value] of Object.entries(fields)) add(name, value);
  const text = params.toString();
  return text ? `?${text}` : '';
}
