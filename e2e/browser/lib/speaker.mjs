// A person without a browser, who speaks in a room over HTTP.
import { baseUrl } from './browser.mjs';

/** @param {string} link the invite link of a room @param {string} name */
export async function speaker(link, name) {
  const room = new URL(link).pathname.split('/').at(-1) ?? '';
  const { session } = await api('POST', '/api/auth/guest', '', { displayName: name });
  const token = session.accessToken;
  await api('POST', `/api/rooms/${room}/join`, token, {});
  let count = 0;
  /** @param {'POST' | 'PATCH' | 'DELETE' | 'PUT'} method @param {string} path @param {object} [body] */
  const call = (method, path, body) => api(method, `/api/rooms/${room}${path}`, token, body);
  return {
    id: session.identity.subjectId,
    call,
    /** @param {string} text @param {object} [more] @returns {Promise<string>} the id of the message */
    async say(text, more = {}) {
      count += 1;
      const { message } = await call('POST', '/chat', { text, clientMessageId: `${name}-${count}`, ...more });
      return message.id;
    },
    /** Says many things in their order. @param {number} many @param {(n: number) => string} text */
    async sayMany(many, text) {
      for (let n = 0; n < many; n += 1) await this.say(text(n));
    },
  };
}

/** @param {string} method @param {string} path @param {string} token @param {object} [body] @returns {Promise<any>} */
async function api(method, path, token, body) {
  const response = await fetch(`${baseUrl()}${path}`, {
    method,
    headers: {
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : {};
}
