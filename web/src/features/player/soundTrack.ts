// A sound file in the place of the film's own sound: it follows the video, which the engine keeps in sync with the room.

/** Farther away than this the sound seeks, nearer it catches up. */
const SEEK_FROM_SECONDS = 0.3;
/** Nearer than this is not corrected: nobody hears it. */
const GOOD_SECONDS = 0.03;
const CATCH_UP = 0.04;
const FOLLOW_EVERY_MS = 200;

export interface Lead {
  currentTime: number;
  paused: boolean;
  seeking: boolean;
  playbackRate: number;
}

export interface Sound extends Lead {
  duration: number;
  play(): Promise<void>;
  pause(): void;
}

/** One step: the sound goes where the film is, `delayMs` later. Rejects when the browser does not let it play. */
export async function follow(sound: Sound, film: Lead | null, delayMs: number): Promise<void> {
  const place = film ? film.currentTime - delayMs / 1_000 : -1;
  if (!film || film.paused || film.seeking || place < 0 || place >= sound.duration) {
    if (!sound.paused) sound.pause();
    return;
  }
  const ahead = sound.currentTime - place;
  if (Math.abs(ahead) > SEEK_FROM_SECONDS) sound.currentTime = place;
  const correction = Math.abs(ahead) > SEEK_FROM_SECONDS || Math.abs(ahead) < GOOD_SECONDS ? 0 : ahead > 0 ? -1 : 1;
  const rate = film.playbackRate * (1 + correction * CATCH_UP);
  if (sound.playbackRate !== rate) sound.playbackRate = rate;
  if (sound.paused) await sound.play();
}

/** Plays a sound file with the film. `failed` is called once it cannot. Returns a function that ends it. */
export function playWith(
  url: string,
  options: { film: () => HTMLVideoElement | null; delayMs: () => number; failed: () => void },
): { sound: HTMLAudioElement; end: () => void } {
  const sound = new Audio(url);
  sound.preload = 'auto';
  let ended = false;
  const end = () => {
    ended = true;
    clearInterval(timer);
    sound.pause();
    sound.removeAttribute('src');
    sound.load();
  };
  const fail = () => {
    if (ended) return;
    end();
    options.failed();
  };
  const timer = setInterval(() => {
    if (sound.readyState >= 1) follow(sound, options.film(), options.delayMs()).catch(fail);
  }, FOLLOW_EVERY_MS);
  sound.addEventListener('error', fail);
  return { sound, end };
}
