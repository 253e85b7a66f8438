// Sends one file, through pauses of the network, restarts of the server and changes of the file.

import { backoffMs } from '../../api/backoff';
import { ApiError } from '../../api/errors';
import { indexAtEnd } from './boxes';
import { countSent, type Entry, headOf, type Part, sentOf } from './entry';
import {
  FILE_CHANGED,
  FILE_LOST,
  GONE,
  PROXY_LIMIT,
  type Refusal,
  refusalFor,
  refusalOf,
  waitingWords,
} from './refusal';
import { compare, isReadable, sampleOf } from './sample';
import type { Wire } from './wire';

export interface JobDeps {
  wire: Wire;
  /** Stores the entry. */
  save(entry: Entry): Promise<void>;
  /** The file of an earlier visit, without a question to the person; null: it has to be chosen again. */
  reopen(entry: Entry): Promise<File | null>;
  /** Adds the upload to the playlist that it is for, once. */
  list(entry: Entry): Promise<void>;
  acknowledged(bytes: number): void;
  /** Why nothing is sent just now; empty: it goes on. */
  note(text: string): void;
  /** Resolves after a pause, sooner when the network is back. Rejects with the reason of `signal`. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export type Outcome = { sent: true } | { sent: false; problem: Refusal };

/** An end that is sent first saves time only when the rest takes a while. */
const TAIL_FIRST_FROM = 8 * 1_048_576;
/** Proxies that limit a request refuse it with 413. Smaller requests are slower, so they are tried only then. */
const CHUNKS = [Infinity, 50 * 1_048_576, 8 * 1_048_576, 1_048_576] as const;
/** How often the file is sampled, in acknowledged bytes. A sample reads two MiB. */
const SAMPLE_EVERY = 16 * 1_048_576;

export class Job {
  private chunk = 0;
  private attempt = 0;

  constructor(
    private readonly entry: Entry,
    private file: File | null,
    private readonly deps: JobDeps,
  ) {}

  /** Rejects with the reason of `signal` once that is aborted: everything is stored, and another job goes on. */
  async run(signal: AbortSignal): Promise<Outcome> {
    const { entry } = this;
    const stop = await this.openFile();
    if (stop) return { sent: false, problem: stop };
    for (;;) {
      try {
        await this.createOnce();
        await this.deps.list(entry);
        signal.throwIfAborted();
        for (const part of entry.parts) if (part.sent < part.end - part.start) await this.sendPart(part, signal);
        return { sent: true };
      } catch (error) {
        if (signal.aborted) {
          await this.sample();
          throw signal.reason;
        }
        const problem = await this.weigh(error, signal);
        if (problem) return { sent: false, problem };
      }
    }
  }

  /** Decides about an error: returns a problem that ends the job, or waits and returns null. */
  private async weigh(error: unknown, signal: AbortSignal): Promise<Refusal | null> {
    if (!(error instanceof ApiError)) return refusalOf(error);
    // Case M1: this alone means that the server has forgotten the upload.
    if (error.reason === GONE) return refusalOf(error);
    if (error.reason === PROXY_LIMIT) {
      if (this.chunk + 1 >= CHUNKS.length) return refusalFor(PROXY_LIMIT);
      this.chunk += 1;
      return null;
    }
    if (!isPassing(error)) return refusalOf(error);
    // A file that changed on the disk looks like a lost connection.
    if (error.code === 0 && this.file && !(await isReadable(this.file))) return this.openFile(true);
    this.deps.note(waitingWords(error));
    await this.deps.wait(error.retryAfterMs ?? backoffMs(this.attempt), signal);
    this.attempt += 1;
    return null;
  }

  /** Takes the file of an earlier visit, or the changed one, if it begins as what was sent. */
  private async openFile(again = false): Promise<Refusal | null> {
    const { entry, deps } = this;
    if (!this.file || again) this.file = await deps.reopen(entry);
    if (!this.file) return refusalFor(FILE_LOST);
    if (sentOf(entry) === 0 && !again) return null;
    const comparison = await compare(this.file, entry.file, entry.checkpoint);
    if (comparison === 'unreadable') return again ? refusalFor(FILE_LOST) : this.openFile(true);
    return comparison === 'changed' ? refusalFor(FILE_CHANGED) : null;
  }

  private async createOnce(): Promise<void> {
    const { entry, file, deps } = this;
    if (entry.parts.length > 0 || !file) return;
    const at = await indexAtEnd(file).catch(() => null);
    const created = await deps.wire.create({
      filename: entry.file.name,
      contentType: entry.contentType,
      size: file.size,
      tailAt: at !== null && at >= TAIL_FIRST_FROM ? at : null,
    });
    Object.assign(entry, created);
    await deps.save(entry);
  }

  private async sendPart(part: Part, signal: AbortSignal): Promise<void> {
    const { entry, file, deps } = this;
    if (!file) return;
    deps.note('');
    await deps.wire.send(file, part, {
      signal,
      chunkBytes: CHUNKS[this.chunk] ?? Infinity,
      acknowledged: (bytes) => {
        if (bytes > part.sent) this.attempt = 0;
        part.sent = Math.max(part.sent, bytes);
        deps.note('');
        deps.acknowledged(sentOf(entry));
        void this.sample(SAMPLE_EVERY);
      },
    });
  }

  /** The server's own count, which is ahead of the answers to long requests. Its bytes are from the start of the file. */
  reported(bytes: number): void {
    if (!countSent(this.entry, bytes)) return;
    this.deps.acknowledged(sentOf(this.entry));
    void this.sample(SAMPLE_EVERY);
  }

  /** Samples what the server has, so that a later visit knows the file again. */
  private async sample(every = 1): Promise<void> {
    const { entry, file, deps } = this;
    const head = headOf(entry);
    const { at = 0 } = entry.checkpoint ?? {};
    // The first sample is taken as soon as there is something.
    if (!head || !file || head.sent - at < (at === 0 ? 1 : every)) return;
    try {
      entry.checkpoint = await sampleOf(file, head.sent);
      await deps.save(entry);
    } catch {
      // The file cannot be read any more: the next request says so.
    }
  }
}

/** A later attempt may succeed. */
export function isPassing({ code, reason }: ApiError): boolean {
  if (reason === 'TOO_MANY_UPLOADS' || reason === 'QUOTA_EXCEEDED') return false;
  return code === 0 || code >= 500 || [401, 408, 409, 423, 425, 429].includes(code);
}
