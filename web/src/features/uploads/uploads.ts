// The uploads of one person in this browser: which are sent now, which wait, and which go on after a reload.

import { ApiError, explain } from '../../api/errors';
import type { UploadJson } from '../../api/gen/syncwatch/media/v1/upload_pb';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import type { EntryStore } from './entries';
import { contentTypeOf, countSent, type Entry, identityOf, keyOf, sentOf } from './entry';
import { askAgain, type ChosenFile, reopen } from './files';
import { isPassing, Job } from './job';
import { Speedometer, secondsLeft } from './progress';
import {
  FILE_CHANGED,
  FILE_LOCKED,
  FILE_LOST,
  FILE_OTHER,
  GONE,
  type Refusal,
  refusalFor,
  refusalFrom,
} from './refusal';
import { compare } from './sample';
import { change, drop, isUnsent, show, type UploadView, uploadsStore, viewOf } from './state';
import type { Wire } from './wire';

export interface UploadsDeps {
  wire: Wire;
  entries: EntryStore;
  getUpload(uploadId: string): Promise<UploadJson>;
  deleteUpload(uploadId: string): Promise<unknown>;
  addItem(room: string, uploadId: string): Promise<ItemJson>;
  removeItem(room: string, itemId: string): Promise<unknown>;
  /** Shows a short message to the person. */
  tell(text: string): void;
  nowMs(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Runs alone among the tabs of this browser; resolves to false without running while another tab does. */
  alone(name: string, run: () => Promise<void>): Promise<boolean>;
}

export interface Chosen extends ChosenFile {
  /** By the file's content, where the browser could read it. */
  contentType?: string | undefined;
}

/** Uploads that are sent at once. More would share the same line. */
const AT_ONCE = 2;

interface Running {
  abort: AbortController;
  job: Job;
}

export class Uploads {
  private readonly entries = new Map<string, Entry>();
  private readonly files = new Map<string, File>();
  private readonly running = new Map<string, Running>();
  private readonly speeds = new Map<string, Speedometer>();

  constructor(private readonly deps: UploadsDeps) {}

  /** Another person, or nobody: their uploads leave the page, and those of the new one go on. */
  async become(personId: string): Promise<void> {
    if (personId === uploadsStore.getState().personId) return;
    for (const { abort } of this.running.values()) abort.abort('another person');
    this.running.clear();
    this.entries.clear();
    this.files.clear();
    this.speeds.clear();
    uploadsStore.setState({ personId, uploads: [] });
    if (!personId) return;
    const stored = await this.deps.entries.of(personId).catch(() => []);
    if (uploadsStore.getState().personId !== personId) return;
    for (const entry of stored) {
      this.entries.set(entry.key, entry);
      show(viewFrom(entry, entry.paused ? 'paused' : 'waiting'));
    }
    this.pump();
  }

  /** Begins uploads into a room, or (empty) into the library. */
  async begin(roomId: string, chosen: readonly Chosen[]): Promise<void> {
    const { personId } = uploadsStore.getState();
    for (const one of chosen) {
      const known = this.sameFile(roomId, one.file);
      const failed = known && viewOf(known.key)?.step === 'failed';
      if (failed) await this.cancel(known.key);
      if (known && !failed) await this.takeFile(known.key, one);
      else this.add(personId, roomId, one);
    }
    this.pump();
  }

  /** The file again, for an upload whose file the browser has lost. Case M3: only if it is still the same. */
  async takeFile(key: string, { file, handle }: Chosen): Promise<void> {
    const entry = this.entries.get(key);
    if (!entry || this.running.has(key)) return;
    if (file.name !== entry.file.name || file.size !== entry.file.size) {
      change(key, { step: 'lost', problem: refusalFor(FILE_OTHER) });
      return;
    }
    const comparison = await compare(file, entry.file, entry.checkpoint);
    if (comparison !== 'unreadable') {
      this.files.set(key, file);
      if (handle) entry.handle = handle;
    }
    if (comparison === 'same') this.resume(key);
    else if (comparison === 'changed') change(key, { step: 'failed', problem: refusalFor(FILE_CHANGED) });
    else change(key, { step: 'lost', problem: refusalFor(FILE_LOST) });
  }

  /** A reload would need the person to choose a file again. */
  get wouldLoseFiles(): boolean {
    return [...this.running.keys()].some((key) => this.entries.get(key)?.handle === null);
  }

  pause(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    entry.paused = true;
    void this.save(entry);
    this.speeds.get(key)?.rest();
    change(key, { step: 'paused', note: '', bytesPerSecond: null });
    this.running.get(key)?.abort.abort('paused');
  }

  resume(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    entry.paused = false;
    void this.save(entry);
    change(key, { step: 'waiting', problem: null });
    this.pump();
  }

  /** Call from a tap: browsers ask whether the page may read the file only then. */
  async allow(key: string): Promise<void> {
    const handle = this.entries.get(key)?.handle;
    if (!handle) return;
    if (await askAgain(handle)) this.resume(key);
    else change(key, { problem: refusalFor(FILE_LOST) });
  }

  /** Ends an upload: what was sent is deleted, and its item leaves the playlist. */
  async cancel(key: string): Promise<void> {
    const view = viewOf(key);
    const entry = this.entries.get(key);
    this.running.get(key)?.abort.abort('cancelled');
    this.entries.delete(key);
    this.files.delete(key);
    drop(key);
    await this.deps.entries.remove(key).catch(() => undefined);
    const { uploadId = '', itemId = '', roomId = '' } = view ?? entry ?? {};
    try {
      if (itemId) await this.deps.removeItem(roomId, itemId).catch(() => undefined);
      if (uploadId) await this.deps.deleteUpload(uploadId);
    } catch (error) {
      this.deps.tell(`The upload has stopped, but the part that was sent couldn’t be deleted. ${explain(error)}`);
    }
  }

  /** Sends the same file again from the start. */
  async again(key: string): Promise<void> {
    const view = viewOf(key);
    const file = this.files.get(key) ?? (await this.reopen(this.entries.get(key)));
    const handle = this.entries.get(key)?.handle ?? null;
    await this.cancel(key);
    if (view && file) await this.begin(view.roomId, [{ file, handle }]);
    else this.deps.tell('Choose the file once more to send it again.');
  }

  /** Takes a card away. What is at the server stays there. */
  dismiss(key: string): void {
    this.forget(key);
    drop(key);
  }

  /** Asks the server about every upload that is not settled. */
  async look(): Promise<void> {
    const open = uploadsStore.getState().uploads.filter((view) => view.uploadId && !isSettled(view));
    await Promise.all(open.map((view) => this.lookAt(view)));
    await this.followOtherTabs();
    this.pump();
  }

  /** What another tab sends may have been paused there, or that tab may have been closed: then this one goes on. */
  private async followOtherTabs(): Promise<void> {
    const { personId, uploads } = uploadsStore.getState();
    const theirs = uploads.filter(({ step }) => step === 'elsewhere');
    if (theirs.length === 0) return;
    const stored = await this.deps.entries.of(personId).catch(() => []);
    for (const { key } of theirs) {
      const entry = stored.find((one) => one.key === key);
      // Not stored any more: it is sent, or was cancelled, which the server tells.
      if (!entry || viewOf(key)?.step !== 'elsewhere') continue;
      this.entries.set(key, entry);
      change(key, { step: entry.paused ? 'paused' : 'waiting' });
    }
  }

  private async lookAt({ key, uploadId }: UploadView): Promise<void> {
    try {
      const upload = await this.deps.getUpload(uploadId);
      this.received(key, Number(upload.receivedBytes ?? 0));
      const view = viewOf(key);
      if (view?.uploadId === uploadId) change(key, afterLook(view, upload));
      if (upload.state === 'UPLOAD_STATE_FAILED') this.forget(key);
    } catch (error) {
      const isGone = error instanceof ApiError && error.reason === GONE;
      const step = viewOf(key)?.step;
      if (isGone && (step === 'preparing' || step === 'elsewhere')) drop(key);
    }
  }

  private received(key: string, bytes: number): void {
    const entry = this.entries.get(key);
    const running = this.running.get(key);
    if (running) running.job.reported(bytes);
    else if (entry && countSent(entry, bytes)) change(key, { sentBytes: sentOf(entry) });
  }

  private add(personId: string, roomId: string, { file, handle, contentType }: Chosen): void {
    const entry: Entry = {
      key: keyOf(personId, roomId, identityOf(file)),
      personId,
      roomId,
      file: identityOf(file),
      contentType: contentType ?? contentTypeOf(file),
      handle,
      uploadId: '',
      itemId: '',
      listed: false,
      parts: [],
      checkpoint: null,
      paused: false,
      createdMs: this.deps.nowMs() + this.entries.size / 1000,
    };
    this.entries.set(entry.key, entry);
    this.files.set(entry.key, file);
    show(viewFrom(entry, 'waiting'));
    void this.save(entry);
  }

  /** An unfinished upload of this file to the same target. Its date may differ: the samples decide. */
  private sameFile(roomId: string, file: File): Entry | undefined {
    return [...this.entries.values()].find(
      (entry) => entry.roomId === roomId && entry.file.name === file.name && entry.file.size === file.size,
    );
  }

  private pump(): void {
    const waiting = uploadsStore
      .getState()
      .uploads.filter(({ step, key }) => step === 'waiting' && !this.running.has(key))
      .toSorted((a, b) => a.createdMs - b.createdMs);
    for (const { key } of waiting.slice(0, Math.max(0, AT_ONCE - this.running.size))) {
      // Files that are chosen together stand on the list in their order.
      if (this.isListing) return;
      const entry = this.entries.get(key);
      if (entry) void this.run(entry);
    }
  }

  /** An upload that runs is not on its room's list yet. */
  private get isListing(): boolean {
    return [...this.running.keys()].some((key) => {
      const entry = this.entries.get(key);
      return entry !== undefined && entry.roomId !== '' && !entry.listed;
    });
  }

  private async run(entry: Entry): Promise<void> {
    const { key } = entry;
    const { deps } = this;
    const abort = new AbortController();
    const job = new Job(entry, this.files.get(key) ?? null, {
      wire: deps.wire,
      save: (changed) => this.save(changed),
      reopen: (lost) => this.reopen(lost),
      list: async (created) => {
        await this.list(created);
        this.pump();
      },
      acknowledged: (bytes) => this.acknowledged(entry, bytes),
      note: (note) => change(key, { note, ...(note && { bytesPerSecond: null }) }),
      wait: deps.wait,
    });
    const mine: Running = { abort, job };
    this.running.set(key, mine);
    try {
      const isOurs = await deps.alone(`syncwatch.upload.${key}`, async () => {
        change(key, { step: 'sending', note: '', problem: null });
        const outcome = await job.run(abort.signal);
        if (outcome.sent) await this.sent(entry);
        else this.stopped(entry, outcome.problem);
      });
      if (!isOurs) change(key, { step: 'elsewhere' });
    } catch {
      // Paused, cancelled, or another person: whoever aborted it has said so.
    } finally {
      if (this.running.get(key) === mine) this.running.delete(key);
      this.pump();
    }
  }

  private async sent(entry: Entry): Promise<void> {
    change(entry.key, { step: 'preparing', sentBytes: entry.file.size, bytesPerSecond: null, note: '' });
    this.forget(entry.key);
    await this.deps.entries.remove(entry.key).catch(() => undefined);
  }

  private stopped(entry: Entry, problem: Refusal): void {
    const { key } = entry;
    const isLost = problem.reason === FILE_LOST;
    const shown = isLost && entry.handle && !this.files.has(key) ? (refusalFor(FILE_LOCKED) ?? problem) : problem;
    if (isLost) this.files.delete(key);
    change(key, { step: isLost ? 'lost' : 'failed', problem: shown, note: '', bytesPerSecond: null });
    // Without a name: several that stop together are said once.
    this.deps.tell(`${entry.file.name}: ${shown.text}`);
    if (!isLost) void this.deps.entries.remove(key).catch(() => undefined);
  }

  /** Adds an upload to the playlist of its room, as soon as the server knows it. */
  private async list(entry: Entry): Promise<void> {
    change(entry.key, { uploadId: entry.uploadId });
    if (!entry.roomId || entry.listed) return;
    try {
      entry.itemId = (await this.deps.addItem(entry.roomId, entry.uploadId)).id ?? '';
      change(entry.key, { itemId: entry.itemId });
    } catch (error) {
      if (error instanceof ApiError && isPassing(error)) throw error;
      this.deps.tell(`“${entry.file.name}” goes to your uploads, but not to this room. ${explain(error)}`);
    }
    entry.listed = true;
    await this.save(entry);
  }

  private acknowledged(entry: Entry, bytes: number): void {
    const speed = this.speeds.get(entry.key) ?? new Speedometer();
    this.speeds.set(entry.key, speed);
    speed.saw(bytes, this.deps.nowMs());
    change(entry.key, { sentBytes: bytes, bytesPerSecond: speed.bytesPerSecond });
  }

  private async reopen(entry: Entry | undefined): Promise<File | null> {
    const file = entry?.handle ? await reopen(entry.handle) : null;
    if (entry && file) this.files.set(entry.key, file);
    return file;
  }

  private async save(entry: Entry): Promise<void> {
    if (this.entries.get(entry.key) !== entry) return;
    // Without storage it goes on until the page is closed.
    await this.deps.entries.put(entry).catch(() => undefined);
  }

  private forget(key: string): void {
    this.running.get(key)?.abort.abort('over');
    this.entries.delete(key);
    this.files.delete(key);
    this.speeds.delete(key);
    void this.deps.entries.remove(key).catch(() => undefined);
  }
}

/** Seconds until everything is sent; null while it is not known. */
export function sendingLeft(view: UploadView): number | null {
  return secondsLeft(view.sizeBytes - view.sentBytes, view.bytesPerSecond);
}

function isSettled({ step }: UploadView): boolean {
  return step === 'ready' || step === 'failed';
}

function afterLook(view: UploadView, upload: UploadJson): Partial<UploadView> {
  const known = { percent: upload.progress ?? 0, playable: upload.playable ?? false };
  if (upload.state === 'UPLOAD_STATE_FAILED')
    return { ...known, step: 'failed', problem: refusalFrom(upload.failureReason ?? '', upload.failureMessage ?? '') };
  if (isUnsent(view) && view.step !== 'elsewhere') return known;
  const received = { ...known, sentBytes: Math.min(Number(upload.receivedBytes ?? 0), view.sizeBytes) };
  if (upload.state === 'UPLOAD_STATE_READY') return { ...received, step: 'ready', percent: 100 };
  if (view.step === 'elsewhere' && upload.state !== 'UPLOAD_STATE_SENDING') return { ...received, step: 'preparing' };
  return received;
}

function viewFrom(entry: Entry, step: UploadView['step']): UploadView {
  return {
    key: entry.key,
    roomId: entry.roomId,
    filename: entry.file.name,
    sizeBytes: entry.file.size,
    createdMs: entry.createdMs,
    step,
    uploadId: entry.uploadId,
    itemId: entry.itemId,
    sentBytes: sentOf(entry),
    bytesPerSecond: null,
    percent: 0,
    playable: false,
    problem: null,
    note: '',
  };
}
