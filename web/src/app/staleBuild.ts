// A tab may be older than the server. After an upgrade the chunks that it has not loaded yet are gone, and everything
// that needs one of them fails until the page is reloaded.

/** Key of the last reload, so that a chunk that is missing for another reason does not cause an endless loop. */
const RELOADED = 'syncwatch:reloaded-from';
const LOOK_EVERY_MS = 5_000;

export interface StaleBuildDeps {
  /** The script of this build, as the page names it: `/assets/main-4f2a.js`. */
  script: string;
  /** Reads the page that the server has now. */
  page(): Promise<string>;
  /** Whether a reload disturbs nobody: no film plays, and no field has text. */
  calm(): boolean;
  reload(): void;
  storage: Pick<Storage, 'getItem' | 'setItem'>;
}

/**
 * Reloads the page once when a chunk is gone because the server has another build. The address stays, so that the person
 * returns to the same room, which has the position. Returns a function that stops it.
 */
export function reloadWhenStale(deps: StaleBuildDeps): () => void {
  let waiting: ReturnType<typeof setInterval> | null = null;

  const reloadIfCalm = () => {
    if (!deps.calm()) return;
    stopWaiting();
    deps.storage.setItem(RELOADED, deps.script);
    deps.reload();
  };
  const stopWaiting = () => {
    if (waiting !== null) clearInterval(waiting);
    waiting = null;
  };
  const missing = async () => {
    if (waiting !== null || deps.storage.getItem(RELOADED) === deps.script) return;
    waiting = setInterval(reloadIfCalm, LOOK_EVERY_MS);
    // No answer: the connection failed, not the build.
    const page = await deps.page().catch(() => null);
    if (page === null || page.includes(deps.script)) stopWaiting();
    else if (waiting !== null) reloadIfCalm();
  };
  const listener = () => void missing();
  window.addEventListener('vite:preloadError', listener);
  return () => {
    stopWaiting();
    window.removeEventListener('vite:preloadError', listener);
  };
}

/** Watches the build of this page. */
export function watchBuild(): () => void {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.getAttribute('src');
  if (!script) return () => undefined;
  return reloadWhenStale({
    script,
    page: async () => {
      const response = await fetch('/', { cache: 'no-store' });
      if (!response.ok) throw new Error(`the page answers with ${response.status}`);
      return response.text();
    },
    calm: () => !isPlaying() && !isWriting(),
    reload: () => location.reload(),
    storage: sessionStorage,
  });
}

function isPlaying(): boolean {
  const media = [...document.querySelectorAll<HTMLMediaElement>('video, audio')];
  // The state of players in frames of other sites cannot be read.
  const framed = document.querySelector('iframe') !== null && navigator.mediaSession?.playbackState === 'playing';
  return framed || media.some((element) => !element.paused && !element.ended);
}

function isWriting(): boolean {
  const { activeElement } = document;
  const field = activeElement instanceof HTMLInputElement || activeElement instanceof HTMLTextAreaElement;
  return field && activeElement.value !== '';
}
