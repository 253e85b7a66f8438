// Strong noise suppression: RNNoise as WebAssembly in an audio worklet. Loaded when somebody first turns it on; its files come
// from our own origin, as the content security policy demands.
import { loadRnnoise, RnnoiseWorkletNode } from '@sapphi-red/web-noise-suppressor';
import plainUrl from '@sapphi-red/web-noise-suppressor/rnnoise.wasm?url';
import simdUrl from '@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?url';
// oxlint-disable-next-line import/default -- a URL is its default export
import workletUrl from '@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?url';

/** RNNoise works at this rate alone. */
export const RATE = 48_000;

export interface Filter {
  node: AudioNode;
  close(): void;
}

let binary: Promise<ArrayBuffer> | null = null;

/** Rejects where the browser has no audio worklets, or when the files cannot be loaded. */
export async function noiseFilter(context: AudioContext): Promise<Filter> {
  binary ??= loadRnnoise({ url: plainUrl, simdUrl });
  const [wasmBinary] = await Promise.all([binary, context.audioWorklet.addModule(workletUrl)]).catch(
    (error: unknown) => {
      binary = null;
      throw error;
    },
  );
  const node = new RnnoiseWorkletNode(context, { maxChannels: 1, wasmBinary });
  return {
    node,
    close: () => {
      node.disconnect();
      node.destroy();
    },
  };
}
