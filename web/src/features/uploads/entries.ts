// Where this browser keeps unfinished uploads: IndexedDB, which can also keep a file handle.
import type { Entry } from './entry';

export interface EntryStore {
  /** The uploads of a person. */
  of(personId: string): Promise<Entry[]>;
  put(entry: Entry): Promise<void>;
  remove(key: string): Promise<void>;
  /** Forgets everything. */
  clear(): Promise<void>;
}

const DATABASE = 'syncwatch-uploads';
const TABLE = 'uploads';
/** The server forgets an unfinished upload after a day. */
const KEEP_MS = 2 * 86_400_000;
const MAX_ENTRIES = 200;

/** Private windows of some browsers have no IndexedDB: uploads then end with the page. */
export function openEntries(): EntryStore {
  return typeof indexedDB === 'undefined' ? new MemoryEntries() : new StoredEntries();
}

export class MemoryEntries implements EntryStore {
  private readonly entries = new Map<string, Entry>();

  of(personId: string): Promise<Entry[]> {
    return Promise.resolve([...this.entries.values()].filter((entry) => entry.personId === personId).map(copy));
  }

  put(entry: Entry): Promise<void> {
    this.entries.set(entry.key, copy(entry));
    return Promise.resolve();
  }

  remove(key: string): Promise<void> {
    this.entries.delete(key);
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.entries.clear();
    return Promise.resolve();
  }
}

class StoredEntries implements EntryStore {
  private database: Promise<IDBDatabase> | null = null;

  async of(personId: string): Promise<Entry[]> {
    const all = await this.run<Entry[]>('readonly', (table) => table.getAll(null, MAX_ENTRIES));
    const now = Date.now();
    const [fresh, old] = [all.filter(isFresh), all.filter((entry) => !isFresh(entry))];
    await Promise.all(old.map((entry) => this.remove(entry.key)));
    return fresh.filter((entry) => entry.personId === personId);

    function isFresh(entry: Entry): boolean {
      return now - entry.createdMs < KEEP_MS;
    }
  }

  async put(entry: Entry): Promise<void> {
    try {
      await this.run('readwrite', (table) => table.put(entry));
    } catch (error) {
      // Some browsers cannot store a handle. The file is asked for after a reload, then.
      if (!(error instanceof DOMException) || error.name !== 'DataCloneError' || !entry.handle) throw error;
      await this.run('readwrite', (table) => table.put({ ...entry, handle: null }));
    }
  }

  async remove(key: string): Promise<void> {
    await this.run('readwrite', (table) => table.delete(key));
  }

  async clear(): Promise<void> {
    await this.run('readwrite', (table) => table.clear());
  }

  private async run<T>(mode: IDBTransactionMode, act: (table: IDBObjectStore) => IDBRequest): Promise<T> {
    this.database ??= open();
    const database = await this.database;
    return new Promise((resolve, reject) => {
      const request = act(database.transaction(TABLE, mode).objectStore(TABLE));
      request.addEventListener('success', () => resolve(request.result as T));
      request.addEventListener('error', () => reject(request.error ?? new Error('the browser’s storage failed')));
    });
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(TABLE, { keyPath: 'key' }));
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('the browser’s storage failed')));
  });
}

function copy(entry: Entry): Entry {
  return { ...entry, parts: entry.parts.map((part) => ({ ...part })) };
}
