import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Channel, framesIn } from './frame';

const ORIGIN = 'https://www.youtube-nocookie.com';

let host: HTMLElement;
let channel: Channel;
let heard: unknown[];

function frame(): HTMLIFrameElement {
  const found = host.querySelector('iframe');
  if (!found) throw new Error('there is no frame');
  return found;
}

/** As a window would get it. */
function arrive(data: unknown, origin: string, source: MessageEventSource | null): void {
  const event = new MessageEvent('message', { data, origin });
  // The constructor takes real windows only.
  Object.defineProperty(event, 'source', { value: source });
  window.dispatchEvent(event);
}

beforeEach(() => {
  host = document.createElement('div');
  heard = [];
  channel = framesIn(host)({
    address: 'about:blank',
    title: 'YouTube player',
    origin: ORIGIN,
    arrived: () => undefined,
    heard: (message) => heard.push(message),
  });
  // Outside of a page a frame has no window of its own.
  Object.defineProperty(frame(), 'contentWindow', { value: document.createElement('p') });
});

afterEach(() => channel.close());

it('reads messages of its own frame and origin', () => {
  arrive('hello', ORIGIN, frame().contentWindow);
  expect(heard).toEqual(['hello']);
});

it('reads no other messages', () => {
  arrive('another site in the frame', 'https://evil.example', frame().contentWindow);
  arrive('a name that only begins alike', `${ORIGIN}.evil.example`, frame().contentWindow);
  arrive('without TLS', 'http://www.youtube-nocookie.com', frame().contentWindow);
  arrive('the right origin in another window', ORIGIN, window);
  arrive('nobody', ORIGIN, null);
  expect(heard).toEqual([]);
});

it('gives the player the origin of the page, and neither navigation nor the address', () => {
  expect(frame().referrerPolicy).toBe('strict-origin-when-cross-origin');
  expect(frame().getAttribute('allow')).toContain('autoplay');
  expect(frame().getAttribute('sandbox')).not.toContain('top-navigation');
  expect(frame().title).toBe('YouTube player');
});

it('leaves nothing behind', () => {
  const before = frame().contentWindow;
  channel.close();
  expect(host.querySelector('iframe')).toBeNull();
  arrive('late', ORIGIN, before);
  expect(heard).toEqual([]);
});
