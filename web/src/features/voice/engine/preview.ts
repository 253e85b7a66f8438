// The microphone before one joins: captured while somebody looks at its level, and sent nowhere.
import { Activity } from './activity';
import { Microphone, type Wishes } from './microphone';

/** Where a meter reads the level of a microphone. */
export interface Meterable {
  levelDb(): number;
  thresholdDb(): number;
}

interface Settings extends Wishes {
  vadThreshold: number;
}

export interface PreviewView {
  /** Name of the device; empty: none is captured. */
  device: string;
  /** Why there is no microphone, in words; empty: there is one, or nobody asked. */
  problem: string;
}

export class Preview implements Meterable {
  private readonly microphone: Microphone;
  private readonly activity: Activity;
  private problem = '';

  constructor(
    settings: Settings,
    private readonly changed: (view: PreviewView) => void,
    private readonly nowMs: () => number,
  ) {
    this.activity = new Activity(settings.vadThreshold);
    this.microphone = new Microphone(
      {
        changed: () => this.show(),
        tell: (text) => {
          this.problem = text;
        },
        interrupted: () => undefined,
      },
      settings,
    );
  }

  /** Call from a press. Asks for the microphone. */
  async start(): Promise<void> {
    this.problem = '';
    await this.microphone.start();
    this.show();
  }

  apply(settings: Settings): void {
    this.activity.sensitivity = settings.vadThreshold;
    void this.microphone.setWishes(settings);
  }

  /** Also feeds the threshold, which learns the noise of the room. */
  levelDb(): number {
    const levelDb = this.microphone.levelDb();
    this.activity.isOpen(levelDb, this.nowMs());
    return levelDb;
  }

  thresholdDb(): number {
    return this.activity.thresholdDb;
  }

  stop(): void {
    this.microphone.stop();
  }

  private show(): void {
    this.changed({ device: this.microphone.label, problem: this.problem });
  }
}
