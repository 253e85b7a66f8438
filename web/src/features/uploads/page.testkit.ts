// A browser with its uploads, for tests: the server and the storage are in memory.
import { expect, vi } from 'vitest';
import type { UploadJson } from '../../api/gen/syncwatch/media/v1/upload_pb';
import { MemoryEntries } from './entries';
import { FakeTus } from './fakeTus.testkit';
import { type UploadView, uploadsStore } from './state';
import { Uploads } from './uploads';
import { Wire } from './wire';

export const MIB = 1_048_576;
export const ROOM = 'room_a';

export function film(size = 100, fill = 1, { name = 'film.mkv', lastModified = 5 } = {}): File {
  return new File([new Uint8Array(size).fill(fill)], name, { lastModified });
}

/** A page. Another one with the same server and entries is the page after a reload. */
export function browser(server = new FakeTus(), entries = new MemoryEntries()) {
  const told: string[] = [];
  const waits: number[] = [];
  const getUpload = vi.fn((uploadId: string): Promise<UploadJson> => Promise.resolve({ id: uploadId }));
  const addItem = vi.fn((_room: string, uploadId: string) => Promise.resolve({ id: `item of ${uploadId}` }));
  const deleteUpload = vi.fn(() => Promise.resolve({}));
  const removeItem = vi.fn(() => Promise.resolve({}));
  const otherTab = { sends: false };
  let token = 'token 1';
  const uploads = new Uploads({
    wire: new Wire({
      endpoint: '/media/uploads',
      bearer: (refused) => {
        if (refused === token) token = 'token 2';
        return Promise.resolve(token);
      },
      stack: server.stack,
    }),
    entries,
    getUpload,
    addItem,
    deleteUpload,
    removeItem,
    tell: (text) => told.push(text),
    nowMs: () => 1_000,
    wait: (ms, signal) => {
      waits.push(ms);
      signal.throwIfAborted();
      return Promise.resolve();
    },
    alone: async (_name, run) => {
      if (otherTab.sends) return false;
      await run();
      return true;
    },
  });
  return { otherTab, server, entries, uploads, told, waits, getUpload, addItem, deleteUpload, removeItem };
}

export const all = () => uploadsStore.getState().uploads;

export async function until(step: UploadView['step'], index = 0): Promise<UploadView> {
  await vi.waitFor(() => expect(all()[index]?.step).toBe(step));
  return all()[index] as UploadView;
}

export const made = (server: FakeTus) => server.log.filter((line) => line.startsWith('POST')).length;
