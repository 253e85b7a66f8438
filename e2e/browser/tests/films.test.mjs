// Films of every kind, sent as people have them: each plays with the right picture and the right sound. The pictures carry
// their number (`lib/numberedFilms.mjs`), so a film that is late, cut or turned is noticed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { numbered, numberedFilms, TONE } from '../lib/numberedFilms.mjs';
import { assertInPlace, assertPlays, jumpTo, openUpload, record, restingFrame } from '../lib/numberedPicture.mjs';
import { pressPlay } from '../lib/room.mjs';

/** @typedef {Awaited<ReturnType<typeof numberedFilms>>} Films */

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-bf', '2'];
const HDR = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'];
const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '600k'];

/**
 * A film to send, and the expected picture. `shape`: width by height; `sound` false: none; `off`: frames that the picture may be
 * away from its time.
 * @type {{ name: string, make: (films: Films) => string, shape?: number, sound?: boolean, off?: number }[]}
 */
const PLAYED = [
  {
    name: 'H.264 and AAC as mp4 with its index in front',
    make: ({ film }) => film('front.mp4', { video: X264, more: ['-movflags', '+faststart'] }),
  },
  {
    name: 'H.264 and AAC as mp4 with its index at the end',
    make: ({ film }) => film('end.mp4', { video: X264 }),
  },
  {
    name: 'HEVC with 10 bits and HDR',
    make: ({ film }) => {
      const params = 'log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1';
      const video = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le', '-x265-params', params];
      return film('hdr.mp4', { video: [...video, ...HDR, '-tag:v', 'hvc1'] });
    },
  },
  {
    name: 'VP9 and Opus as webm',
    make: ({ film }) => film('open.webm', { video: VP9, sound: ['-c:a', 'libopus'] }),
  },
  {
    name: 'a clip of a phone that was held upright, whose pictures lie on their side',
    make: ({ film, encode }) => {
      const source = `${numbered({ width: 180, height: 320 })},transpose=1`;
      const flat = film('flat.mp4', { source, video: X264 });
      return encode('phone.mov', ['-i', flat, '-c', 'copy', '-metadata:s:v:0', 'rotate=90']);
    },
    shape: 180 / 320,
  },
  {
    name: 'a variable frame rate',
    make: ({ film }) => {
      const source = `${numbered()},select='not(mod(n,3))+lt(mod(n,50),25)'`;
      return film('variable.mp4', { source, video: X264, more: ['-vsync', 'vfr'] });
    },
    off: 2,
  },
  {
    name: 'interlaced MPEG-2',
    make: ({ film }) => {
      const source = `${numbered({ rate: 50 })},tinterlace=interleave_top`;
      const video = ['-c:v', 'mpeg2video', '-pix_fmt', 'yuv420p', '-q:v', '3', '-flags', '+ilme+ildct', '-top', '1'];
      return film('interlaced.mkv', { source, video, sound: ['-c:a', 'ac3'] });
    },
  },
  {
    name: 'a film without sound',
    make: ({ film }) => film('silent.mp4', { video: X264, sound: null }),
    sound: false,
  },
  {
    name: 'a 4:3 film whose points are not square',
    make: ({ film }) => {
      const source = `${numbered({ width: 360, height: 288 })},setsar=16/15`;
      return film('old.mp4', { source, video: ['-c:v', 'mpeg4', '-q:v', '3'] });
    },
    shape: 4 / 3,
  },
];

for (const { name, make, shape = 16 / 9, sound = true, off = 1 } of PLAYED)
  test(`${name} plays`, async (t) => {
    const { open, faults } = await people(t);
    const path = make(await numberedFilms(t));
    const page = await open('host');
    await openUpload(page, path);
    await record(page);
    for (const seconds of [3.5, 1.1]) {
      await jumpTo(page, seconds);
      assertInPlace(await restingFrame(page), off);
    }
    await pressPlay(page);
    await assertPlays(page, { hertz: sound ? TONE : null, off });
    const seen = await page.evaluate(() => {
      const video = document.querySelector('video');
      return video ? { shape: video.videoWidth / video.videoHeight, seconds: video.duration } : null;
    });
    assert.ok(seen && Math.abs(seen.shape / shape - 1) < 0.011, `a shape of ${seen?.shape}`);
    assert.ok(Math.abs(seen.seconds - 5) < 0.15, `${seen.seconds} s long`);
    assert.deepEqual(faults, []);
  });

test('a film of one frame shows it', async (t) => {
  const { open, faults } = await people(t);
  const { film } = await numberedFilms(t);
  const page = await open('host');
  await openUpload(page, film('one.mp4', { sound: null, more: ['-frames:v', '1'] }));
  await record(page);
  assertInPlace(await restingFrame(page), 0);
  assert.deepEqual(faults, []);
});
