// Records the WebSocket frames and requests of a page with DevTools, by the machine's clock. Chromium only.

const MAX_TALK = 50_000;
const MAX_REQUESTS = 100;

/** @typedef {{ atMs: number, direction: 'up' | 'down', bytes: number, frame: Record<string, any> }} Talk */
/** @typedef {{ atMs: number, answeredMs: number | null, what: string }} Request */

/** @param {import('playwright-core').CDPSession} protocol */
export async function listen(protocol) {
  /** @type {Talk[]} */
  const talk = [];
  /** The first ones. @type {Map<string, Request>} */
  const requests = new Map();
  const hear =
    (/** @type {'up' | 'down'} */ direction) =>
    (
      /** @type {{ timestamp: number, response: { opcode: number, payloadData: string } }} */ {
        timestamp,
        response: { opcode, payloadData },
      },
    ) => {
      if (talk.length >= MAX_TALK || opcode !== 1) return;
      talk.push({
        atMs: timestamp * 1_000,
        direction,
        bytes: Buffer.byteLength(payloadData),
        frame: JSON.parse(payloadData),
      });
    };
  protocol.on('Network.webSocketFrameSent', hear('up'));
  protocol.on('Network.webSocketFrameReceived', hear('down'));
  protocol.on('Network.requestWillBeSent', ({ requestId, timestamp, request: { method, url } }) => {
    if (requests.size < MAX_REQUESTS)
      requests.set(requestId, {
        atMs: timestamp * 1_000,
        answeredMs: null,
        what: `${method} ${new URL(url).pathname}`,
      });
  });
  protocol.on('Network.responseReceived', ({ requestId, timestamp }) => {
    const request = requests.get(requestId);
    if (request) request.answeredMs = timestamp * 1_000;
  });
  await protocol.send('Network.enable', { maxTotalBufferSize: 0, maxResourceBufferSize: 0 });
  return { talk, requests };
}
