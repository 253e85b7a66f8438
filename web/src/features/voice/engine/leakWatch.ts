// Looks for the film in the microphone until it was found once, and asks for headphones then.
import { FilmSound } from './filmSound';
import { Leakage } from './leakage';

export class LeakWatch {
  private readonly sound: FilmSound;
  private leakage = new Leakage();
  /** Asked once in the life of a page. */
  private isOver = false;

  constructor(film: () => HTMLVideoElement | null) {
    this.sound = new FilmSound(film);
  }

  /** Call often, with the level of the microphone. Returns true once: when the film leaks. */
  leaks(microphoneDb: number, isQuiet: boolean, nowMs: number): boolean {
    if (this.isOver || !isQuiet || microphoneDb === -Infinity) return false;
    const filmDb = this.sound.levelDb();
    if (filmDb === null || !this.leakage.add(filmDb, microphoneDb, nowMs)) return false;
    this.isOver = true;
    this.end();
    return true;
  }

  /** Voice was left. What was measured until then is dropped. */
  end(): void {
    this.leakage = new Leakage();
    this.sound.close();
  }
}
