// Encrypts and decrypts encoded frames, beside the page: `RTCRtpScriptTransform` runs its streams in a worker.
import { seal, trailerOf } from './frames';
import { frameKey, KeyRing, type SenderKey } from './keys';

/**
 * `hold`: nothing leaves until it is known who takes part. `seal`: frames leave encrypted, and those that arrive in the clear are
 * dropped. `clear`: somebody cannot encrypt, so nobody does.
 */
export type Mode = 'hold' | 'seal' | 'clear';

export type Order =
  | { kind: 'own'; sender: number; key: SenderKey }
  | { kind: 'key'; sender: number; key: SenderKey }
  | { kind: 'forget'; sender: number }
  | { kind: 'mode'; mode: Mode };

interface Own {
  sender: number;
  generation: number;
  step: number;
  key: CryptoKey;
  counter: number;
}

type Frames = TransformStream<RTCEncodedAudioFrame, RTCEncodedAudioFrame>;

const ring = new KeyRing();
let own: Own | null = null;
let mode: Mode = 'hold';
/** Orders are carried out one after the other. */
let work: Promise<void> = Promise.resolve();

async function carryOut(order: Order): Promise<void> {
  if (order.kind === 'mode') mode = order.mode;
  else if (order.kind === 'forget') ring.forget(order.sender);
  else if (order.kind === 'key') await ring.add(order.sender, order.key);
  else {
    const { generation, step, secret } = order.key;
    own = { sender: order.sender, generation, step, key: await frameKey(secret), counter: 0 };
  }
}

function sending(): Frames {
  return new TransformStream({
    async transform(frame, controller) {
      if (mode === 'hold') return;
      if (mode === 'seal' && own) {
        own.counter += 1;
        const { key, sender, generation, step, counter } = own;
        const sealed = await seal(key, { sender, generation, step, counter }, new Uint8Array(frame.data));
        frame.data = sealed.buffer;
      }
      controller.enqueue(frame);
    },
  });
}

function receiving(): Frames {
  return new TransformStream({
    async transform(frame, controller) {
      const data = new Uint8Array(frame.data);
      if (!trailerOf(data)) {
        if (mode !== 'seal') controller.enqueue(frame);
        return;
      }
      const opened = await ring.open(data);
      // A frame that cannot be opened would be heard as noise.
      if (!opened) return;
      frame.data = opened.buffer as ArrayBuffer;
      controller.enqueue(frame);
    },
  });
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  work = work.then(() => carryOut(data)).catch(() => undefined);
});

interface TransformEvent extends Event {
  transformer: { options: { side: 'send' | 'receive' }; readable: ReadableStream; writable: WritableStream };
}

addEventListener('rtctransform', (event) => {
  const { options, readable, writable } = (event as TransformEvent).transformer;
  const frames = options.side === 'send' ? sending() : receiving();
  void readable
    .pipeThrough(frames)
    .pipeTo(writable)
    .catch(() => undefined);
});
