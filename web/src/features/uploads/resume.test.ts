// An upload after a reload, and with a file that changed: cases M2 and M3.
import { beforeEach, expect, it, vi } from 'vitest';
import { all, browser, film, made, ROOM, until } from './page.testkit';
import { uploadsStore } from './state';

beforeEach(() => {
  uploadsStore.setState({ personId: '', uploads: [] });
});

/** Sends 60 of 100 bytes, and leaves the page. Returns the next page with what the browser kept. */
async function reloaded(file: File, handle: FileSystemFileHandle | null = null, { otherTabSends = false } = {}) {
  const first = browser();
  first.server.hangAfter = 60;
  await first.uploads.become('mia');
  await first.uploads.begin(ROOM, [{ file, handle }]);
  const { key } = await until('sending');
  await vi.waitFor(() => expect(first.server.bytesOf('/media/uploads/upload_1').length).toBe(60));
  first.getUpload.mockResolvedValue({ receivedBytes: '60', state: 'UPLOAD_STATE_SENDING' });
  await first.uploads.look();
  expect(all()[0]?.sentBytes).toBe(60);
  first.uploads.pause(key);
  await vi.waitFor(async () => expect((await first.entries.of('mia'))[0]?.checkpoint?.at).toBe(60));
  // A reload leaves it as one that was being sent.
  for (const entry of await first.entries.of('mia')) await first.entries.put({ ...entry, paused: false });
  await first.uploads.become('');
  const next = browser(first.server, first.entries);
  next.otherTab.sends = otherTabSends;
  await next.uploads.become('mia');
  return { ...next, key };
}

const handleOf = (file: () => File, permission: PermissionState = 'granted') =>
  ({
    queryPermission: () => Promise.resolve(permission),
    requestPermission: () => Promise.resolve('granted'),
    getFile: () => Promise.resolve(file()),
  }) as unknown as FileSystemFileHandle;

it('goes on by itself after a reload where the browser can read the file', async () => {
  const file = film();
  const { server, addItem } = await reloaded(
    file,
    handleOf(() => file),
  );
  await until('preparing');
  expect(server.log.at(-1)).toBe('PATCH /media/uploads/upload_1 60');
  expect(made(server)).toBe(1);
  expect(addItem, 'it is on the playlist already').not.toHaveBeenCalled();
});

it('asks for a tap after a reload where the browser wants one', async () => {
  const file = film();
  const { uploads, key, server } = await reloaded(
    file,
    handleOf(() => file, 'prompt'),
  );
  expect((await until('lost')).problem).toMatchObject({ remedy: 'allow' });
  await uploads.takeFile(key, { file, handle: null });
  await until('preparing');
  expect(server.bytesOf('/media/uploads/upload_1').length).toBe(100);
});

// Case M3.
it('asks for the file after a reload, and goes on with the same one although its date differs', async () => {
  const { uploads, key, server } = await reloaded(film());
  expect((await until('lost')).problem).toMatchObject({ reason: 'FILE_LOST', remedy: 'find' });
  await uploads.takeFile(key, { file: film(100, 1, { lastModified: 99 }), handle: null });
  await until('preparing');
  expect(server.log.at(-1)).toBe('PATCH /media/uploads/upload_1 60');
});

// Case M3.
it('does not join two versions of a file, and sends the new one from the start when asked', async () => {
  const { uploads, key, server } = await reloaded(film(100, 1));
  await until('lost');
  await uploads.takeFile(key, { file: film(100, 2), handle: null });
  expect((await until('failed')).problem).toMatchObject({ reason: 'FILE_CHANGED', remedy: 'again' });
  await uploads.again(key);
  await until('preparing');
  expect([...server.bytesOf('/media/uploads/upload_2')]).toEqual(Array.from({ length: 100 }, () => 2));
});

// Case M3.
it('says that another file is not the one that was begun', async () => {
  const { uploads, key } = await reloaded(film());
  await until('lost');
  await uploads.takeFile(key, { file: film(100, 1, { name: 'other.mkv' }), handle: null });
  expect((await until('lost')).problem).toMatchObject({ reason: 'FILE_OTHER' });
});

// Case M3: a `touch` while a part is sent.
it('reads a touched file again by its handle, and goes on when it is the same', async () => {
  const file = film();
  let isTouched = false;
  Object.defineProperty(file, 'slice', {
    value: (start: number, end: number) => {
      if (isTouched)
        return {
          arrayBuffer: () => Promise.reject(new DOMException('changed', 'NotReadableError')),
          size: end - start,
        };
      return Blob.prototype.slice.call(file, start, end);
    },
  });
  const { uploads, server, getUpload, entries } = browser();
  server.hangAfter = 40;
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file, handle: handleOf(() => film(100, 1, { lastModified: 99 })) }]);
  const { key } = await until('sending');
  await vi.waitFor(() => expect(server.bytesOf('/media/uploads/upload_1').length).toBe(40));
  getUpload.mockResolvedValue({ receivedBytes: '40', state: 'UPLOAD_STATE_SENDING' });
  await uploads.look();
  uploads.pause(key);
  await vi.waitFor(async () => expect((await entries.of('mia'))[0]?.checkpoint?.at).toBe(40));
  isTouched = true;
  uploads.resume(key);
  await until('preparing');
  expect(server.log.at(-1)).toBe('PATCH /media/uploads/upload_1 40');
});

it('leaves an upload to the tab that sends it, and goes on when that tab is closed', async () => {
  const file = film();
  const handle = handleOf(() => file);
  const { uploads, otherTab, server, getUpload, entries, key } = await reloaded(file, handle, { otherTabSends: true });
  await until('elsewhere');
  const before = server.log.length;
  getUpload.mockResolvedValue({ receivedBytes: '80', state: 'UPLOAD_STATE_SENDING' });
  await uploads.look();
  await until('elsewhere');
  expect(all()[0]?.sentBytes).toBe(80);
  expect(server.log.length, 'this tab sends nothing').toBe(before);

  const [stored] = await entries.of('mia');
  if (stored) await entries.put({ ...stored, paused: true });
  otherTab.sends = false;
  await uploads.look();
  await until('paused');
  uploads.resume(key);
  await until('preparing');
});
