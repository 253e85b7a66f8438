// Timers in a worker. In a background tab the timers of a page run once a second, and after a while once a minute.

export interface Timer {
  /** Returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
  every(ms: number, run: () => void): () => void;
}

export type TimerRequest = { id: number; kind: 'after' | 'every'; ms: number } | { id: number; kind: 'cancel' };

export class WorkerTimer implements Timer {
  private readonly worker = new Worker(new URL('./timer.worker.ts', import.meta.url), { type: 'module' });
  private readonly running = new Map<number, { run: () => void; once: boolean }>();
  private nextId = 1;

  constructor() {
    this.worker.addEventListener('message', ({ data }: MessageEvent<number>) => {
      const entry = this.running.get(data);
      if (entry?.once) this.running.delete(data);
      entry?.run();
    });
  }

  after(ms: number, run: () => void): () => void {
    return this.start('after', ms, run);
  }

  every(ms: number, run: () => void): () => void {
    return this.start('every', ms, run);
  }

  destroy(): void {
    this.running.clear();
    this.worker.terminate();
  }

  private start(kind: 'after' | 'every', ms: number, run: () => void): () => void {
    const id = this.nextId;
    this.nextId += 1;
    this.running.set(id, { run, once: kind === 'after' });
    this.send({ id, kind, ms });
    return () => {
      if (this.running.delete(id)) this.send({ id, kind: 'cancel' });
    };
  }

  private send(request: TimerRequest): void {
    this.worker.postMessage(request);
  }
}
