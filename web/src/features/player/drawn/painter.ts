// Libraries that draw subtitles on a canvas over the film. Each is loaded for who chooses such subtitles.
import { type Drawn, readFacts } from '../../../room/mediaFacts';

export interface Painter {
  /** Draws what is said at this moment of the film. */
  at(seconds: number, width: number, height: number): void;
  end(): void;
}

interface Source extends Drawn {
  /** The stream whose subtitles they are. */
  streamUrl: string;
}

/**
 * Rejects where the browser cannot draw them, and once `signal` is aborted. `canvas` must not have been used before. While the
 * server still takes the subtitles out of the film, this waits.
 */
export function painterFor(canvas: HTMLCanvasElement, source: Source, signal: AbortSignal): Promise<Painter> {
  return source.kind === 'ass' ? styledText(canvas, source, signal) : pictures(canvas, source, signal);
}

async function styledText(canvas: HTMLCanvasElement, source: Source, signal: AbortSignal): Promise<Painter> {
  const [{ default: Jassub }, { styledFonts }, file] = await Promise.all([
    import('jassub'),
    import('./fonts/styledFonts'),
    ready(source.url, signal),
  ]);
  const ass = await file.text();
  // The server knows the fonts once it has the subtitles. The menu may have read these facts before.
  const { fonts: attached } = await readFacts(source.streamUrl, 'no-cache');
  const fonts = await styledFonts({ ass, language: source.language, attached }, signal);
  signal.throwIfAborted();
  // Fonts of this device would tell who it is, and those of other sites would be asked there.
  const renderer = new Jassub({ canvas, subContent: ass, queryFonts: false, ...fonts });
  await renderer.ready;
  return {
    at: (mediaTime, width, height) =>
      void renderer.manualRender({ mediaTime, width, height, expectedDisplayTime: performance.now() }),
    end: () => void renderer.destroy(),
  };
}

async function pictures(canvas: HTMLCanvasElement, source: Source, signal: AbortSignal): Promise<Painter> {
  const [{ PgsRenderer }, { default: workerUrl }, file] = await Promise.all([
    import('libpgs'),
    import('libpgs/dist/libpgs.worker.js?url'),
    ready(source.url, signal),
  ]);
  const bytes = await file.arrayBuffer();
  signal.throwIfAborted();
  const renderer = new PgsRenderer({ canvas, workerUrl });
  await renderer.loadFromBuffer(bytes);
  // It takes the first picture for shown until another moment was asked for.
  renderer.renderAtTimestamp(-1);
  return {
    at: (seconds) => renderer.renderAtTimestamp(seconds),
    end: () => renderer.dispose(),
  };
}

const AGAIN_MS = 3_000;
const MOST_TRIES = 200;

/** A file of the server, which answers 503 while it is not made yet. */
async function ready(url: string, signal: AbortSignal): Promise<Response> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const response = await fetch(url, { signal });
    if (response.ok) return response;
    if (response.status !== 503) throw new Error(`the subtitles answered ${response.status}`);
    const seconds = Number.parseFloat(response.headers.get('Retry-After') ?? '');
    // oxlint-disable-next-line no-await-in-loop -- the server says when
    await pause(Number.isFinite(seconds) ? seconds * 1000 : AGAIN_MS);
    signal.throwIfAborted();
  }
  throw new Error('the subtitles are still not there');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
