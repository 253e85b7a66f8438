// A loader of hls.js for segments: a server that is still making one says by `Retry-After` when to ask again (RFC 9110, 10.2.3).
// hls.js itself knows delays of its own alone, and counts such an answer as an error.
import type { FragmentLoaderConstructor, LoaderCallbacks, LoaderConfiguration, LoaderContext, XhrLoader } from 'hls.js';

/** How often one segment is asked for again, before it counts as an error of hls.js. */
const MOST_WAITS = 60;
/** A longer wait is asked about in between: the segment may be there sooner. */
const LONGEST_WAIT_MS = 10_000;

/** `Base`: of hls.js, which is loaded late. */
export function patientLoader(Base: typeof XhrLoader): FragmentLoaderConstructor {
  class PatientLoader extends Base {
    override load(
      context: LoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<LoaderContext>,
    ): void {
      let waits = 0;
      const onError: typeof callbacks.onError = (error, of, answer, stats) => {
        const waitMs = waits < MOST_WAITS ? retryAfterMs(answer) : null;
        if (waitMs === null) return callbacks.onError(error, of, answer, stats);
        waits += 1;
        this.retryTimeout = self.setTimeout(() => {
          // Each request is timed on its own: the wait would look like a slow line.
          stats.loading.start = performance.now();
          this.loadInternal();
        }, waitMs);
      };
      super.load(context, config, { ...callbacks, onError });
    }
  }
  // Its context is the one of every loader, with the segment in it.
  return PatientLoader as unknown as FragmentLoaderConstructor;
}

/** How long a busy server asks to wait; null: it does not say, or it is another error. */
function retryAfterMs(answer: unknown): number | null {
  if (!(answer instanceof XMLHttpRequest) || answer.status !== 503) return null;
  const seconds = Number.parseFloat(answer.getResponseHeader('Retry-After') ?? '');
  return seconds >= 0 ? Math.min(seconds * 1000, LONGEST_WAIT_MS) : null;
}
