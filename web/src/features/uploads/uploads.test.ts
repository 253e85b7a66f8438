// The whole way of a file, from the choice to the last byte, against a tus server in memory.
import { beforeEach, expect, it, vi } from 'vitest';
import type { UploadJson } from '../../api/gen/syncwatch/media/v1/upload_pb';
import { all, browser, film, MIB, made, ROOM, until } from './page.testkit';
import { type UploadView, uploadsStore } from './state';

beforeEach(() => {
  uploadsStore.setState({ personId: '', uploads: [] });
});

it('sends a file in one request, and puts it on the playlist before its bytes are there', async () => {
  const { uploads, server, addItem, entries } = browser();
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  const { uploadId, sentBytes, itemId } = await until('preparing');
  expect({ uploadId, sentBytes, itemId }).toEqual({
    uploadId: 'upload_1',
    sentBytes: 100,
    itemId: 'item of upload_1',
  });
  expect(server.log).toEqual([
    'POST /media/uploads',
    'HEAD /media/uploads/upload_1',
    'PATCH /media/uploads/upload_1 0',
  ]);
  expect(addItem).toHaveBeenCalledExactlyOnceWith(ROOM, 'upload_1');
  expect(server.uploads.get('/media/uploads/upload_1')?.metadata).toBe(
    `filename ${btoa('film.mkv')},filetype ${btoa('video/x-matroska')}`,
  );
  expect(await entries.of('mia')).toEqual([]);
});

it('sends two files at once, the others after them', async () => {
  const { uploads, server } = browser();
  server.hangAfter = 10;
  await uploads.become('mia');
  await uploads.begin(
    ROOM,
    [1, 2, 3, 4].map((n) => ({ file: film(100, n, { name: `${n}.mp4` }), handle: null })),
  );
  await vi.waitFor(() => expect(all().filter(({ step }) => step === 'preparing').length).toBe(3));
  expect(all().map(({ step }) => step)).toContain('sending');
  expect(made(server)).toBe(4);
});

it('puts files that are chosen together on the playlist in their order, although the first is slow', async () => {
  const { uploads, addItem } = browser();
  let answer: (item: { id: string }) => void = () => undefined;
  addItem.mockImplementationOnce(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  await uploads.become('mia');
  const files = ['1.mp4', '2.mp4'].map((name, n) => ({ file: film(100, n, { name }), handle: null }));
  await uploads.begin(ROOM, files);
  await vi.waitFor(() => expect(addItem).toHaveBeenCalledOnce());
  expect(all().map(({ step }) => step)).toEqual(['sending', 'waiting']);
  answer({ id: 'item of 1' });
  await until('preparing', 1);
  expect(all().map(({ itemId }) => itemId)).toEqual(['item of 1', 'item of upload_2']);
});

// Case M1.
it.each([
  ['HEAD', 423],
  ['HEAD', 429],
  ['HEAD', 502],
  ['HEAD', 503],
  ['HEAD', 0],
  ['PATCH', 502],
  ['PATCH', 409],
  ['PATCH', 0],
])('goes on with the same upload after three times %s %i', async (method, status) => {
  const { uploads, server, waits } = browser();
  const answer = status === 0 ? 'none' : { status };
  server.fail(method, answer, answer, answer);
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  await until('preparing');
  expect(made(server)).toBe(1);
  expect(server.bytesOf('/media/uploads/upload_1').length).toBe(100);
  expect(waits.length).toBe(3);
});

it.each([404, 410])('says that the upload is gone after a %i, and sends the file again when asked', async (status) => {
  const { uploads, server } = browser();
  server.fail('HEAD', { status });
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  const { key, problem } = await until('failed');
  expect(problem).toMatchObject({ reason: 'UPLOAD_NOT_FOUND', remedy: 'again' });
  await uploads.again(key);
  expect((await until('preparing')).uploadId).toBe('upload_2');
});

it('waits as long as the server says, and says that it does', async () => {
  const { uploads, server, waits } = browser();
  server.fail('PATCH', { status: 503, headers: { 'retry-after': '7' } });
  await uploads.become('mia');
  const notes: string[] = [];
  const stop = uploadsStore.subscribe(({ uploads: shown }) => notes.push(shown[0]?.note ?? ''));
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  await until('preparing');
  stop();
  expect(waits).toEqual([7_000]);
  expect(notes).toContain('The server is busy. It goes on by itself.');
});

it('renews a token that the server no longer takes', async () => {
  const { uploads, server } = browser();
  server.fail('POST', { status: 401 });
  server.fail('PATCH', { status: 401 });
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  await until('preparing');
  expect(server.uploads.size).toBe(1);
});

it('makes smaller requests where a proxy refuses large ones', async () => {
  const { uploads, server } = browser();
  server.maxRequest = 2 * MIB;
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(3 * MIB), handle: null }]);
  await until('preparing');
  expect(server.bytesOf('/media/uploads/upload_1').length).toBe(3 * MIB);
});

it('does not take the 413 of a proxy for a file that is too large', async () => {
  const { uploads, server } = browser();
  server.maxRequest = 10;
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  expect((await until('failed')).problem).toMatchObject({ reason: 'PROXY_LIMIT' });
});

it('pauses, and resumes at the byte that the server has', async () => {
  const { uploads, server } = browser();
  server.hangAfter = 40;
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  const { key } = await until('sending');
  await vi.waitFor(() => expect(server.bytesOf('/media/uploads/upload_1').length).toBe(40));
  uploads.pause(key);
  expect((await until('paused')).sentBytes).toBe(0);
  uploads.resume(key);
  await until('preparing');
  expect(server.log.at(-1)).toBe('PATCH /media/uploads/upload_1 40');
});

// Case M2.
it('does not continue the upload of another room with the same file', async () => {
  const { uploads, server, addItem } = browser();
  server.hangAfter = 40;
  await uploads.become('mia');
  const file = film();
  await uploads.begin(ROOM, [{ file, handle: null }]);
  const { key } = await until('sending');
  await vi.waitFor(() => expect(server.bytesOf('/media/uploads/upload_1').length).toBe(40));
  uploads.pause(key);
  await uploads.begin('room_b', [{ file, handle: null }]);
  await until('preparing', 1);
  uploads.resume(key);
  await until('preparing', 0);
  expect(made(server)).toBe(2);
  expect(addItem.mock.calls).toEqual([
    [ROOM, 'upload_1'],
    ['room_b', 'upload_2'],
  ]);
});

// Case M2.
it('shows another person nothing of an upload', async () => {
  const { uploads, server } = browser();
  server.hangAfter = 40;
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  await until('sending');
  await uploads.become('');
  expect(all()).toEqual([]);
  await uploads.become('ben');
  expect(all()).toEqual([]);
});

it('sends the end first when the index is there, as two parts of one upload', async () => {
  const { uploads, server } = browser();
  await uploads.become('mia');
  const file = indexLast(9 * MIB);
  await uploads.begin(ROOM, [{ file, handle: null }]);
  const { uploadId } = await until('preparing');
  expect(uploadId).toBe('upload_3');
  expect(server.log).toEqual([
    'POST /media/uploads partial',
    'POST /media/uploads partial',
    'POST /media/uploads final;/media/uploads/upload_2 /media/uploads/upload_1',
    'HEAD /media/uploads/upload_1',
    'PATCH /media/uploads/upload_1 0',
    'HEAD /media/uploads/upload_2',
    'PATCH /media/uploads/upload_2 0',
  ]);
  const sent = server.bytesOf('/media/uploads/upload_3');
  expect(Buffer.compare(sent, new Uint8Array(await file.arrayBuffer()))).toBe(0);
});

it('sends such a file as a whole where the server does not join unfinished parts', async () => {
  const { uploads, server } = browser();
  server.joinsUnfinished = false;
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: indexLast(9 * MIB), handle: null }]);
  await until('preparing');
  expect([...server.uploads.keys()]).toEqual(['/media/uploads/upload_3']);
});

it('shows what the server prepares, and never less than before', async () => {
  const { uploads, getUpload } = browser();
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  await until('preparing');
  const looks: [UploadJson, Partial<UploadView>][] = [
    [
      { state: 'UPLOAD_STATE_PROCESSING', progress: 30, playable: true },
      { percent: 30, playable: true },
    ],
    [
      { state: 'UPLOAD_STATE_PROCESSING', progress: 10 },
      { percent: 30, playable: true, step: 'preparing' },
    ],
    [
      { state: 'UPLOAD_STATE_READY', progress: 100 },
      { percent: 100, step: 'ready' },
    ],
  ];
  for (const [answer, shown] of looks) {
    getUpload.mockResolvedValue({ id: 'upload_1', receivedBytes: '100', ...answer });
    await uploads.look();
    expect(all()[0]).toMatchObject(shown);
  }
});

it.each([
  ['UNSUPPORTED_FORMAT', 'choose'],
  ['MIME_MISMATCH', 'choose'],
  ['TOO_LONG', 'choose'],
  ['FILE_UNREADABLE', 'choose'],
])('explains that the server found %s, and what to do', async (failureReason, remedy) => {
  const { uploads, getUpload } = browser();
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  await until('preparing');
  getUpload.mockResolvedValue({ state: 'UPLOAD_STATE_FAILED', failureReason, failureMessage: 'nope' });
  await uploads.look();
  expect(all()[0]).toMatchObject({ step: 'failed', problem: { reason: failureReason, remedy } });
  expect(all()[0]?.problem?.text).toMatch(/\. Check|\. Choose|Choose/);
});

it('stops at a refusal of the server, and sends nothing', async () => {
  const { uploads, server } = browser();
  const refusal = (reason: string, metadata: object) => ({
    error: {
      message: 'no',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'syncwatch', metadata }],
    },
  });
  const full = refusal('QUOTA_EXCEEDED', { used_bytes: `${19 * 1024 ** 3}`, quota_bytes: `${20 * 1024 ** 3}` });
  server.fail('POST', { status: 413, body: JSON.stringify(full) });
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  expect((await until('failed')).problem).toEqual({
    reason: 'QUOTA_EXCEEDED',
    text: 'Your storage has no room for this file (19 GB of 20 GB used). Delete something from your uploads first.',
    remedy: 'library',
  });
  expect(server.uploads.size).toBe(0);
});

it('cancels: the upload is deleted, and its item leaves the playlist', async () => {
  const { uploads, server, deleteUpload, removeItem } = browser();
  server.hangAfter = 40;
  await uploads.become('mia');
  await uploads.begin(ROOM, [{ file: film(), handle: null }]);
  const { key } = await until('sending');
  await vi.waitFor(() => expect(server.bytesOf('/media/uploads/upload_1').length).toBe(40));
  await uploads.cancel(key);
  expect(all()).toEqual([]);
  expect(deleteUpload).toHaveBeenCalledExactlyOnceWith('upload_1');
  expect(removeItem).toHaveBeenCalledExactlyOnceWith(ROOM, 'item of upload_1');
});

/** ftyp, mdat, moov: as cameras write mp4. */
function indexLast(mediaBytes: number): File {
  const box = (type: string, size: number) => {
    const bytes = new Uint8Array(size);
    new DataView(bytes.buffer).setUint32(0, size);
    bytes.set(new TextEncoder().encode(type), 4);
    return bytes;
  };
  return new File([box('ftyp', 24), box('mdat', mediaBytes), box('moov', 500)], 'camera.mp4', { type: 'video/mp4' });
}
