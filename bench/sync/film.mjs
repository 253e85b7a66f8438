// The film of a measurement. It has 50 frames a second, so that on a 60 Hz display the frames wait for the next vsync for
// all possible times, which average out. It has sound, and each frame shows its number as 16 black or white squares.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const FRAMES_PER_SECOND = 50;
export const CODE = { bits: 16, squarePx: 20, heightPx: 20 };
const SEGMENT_SECONDS = 4;
const FONT = '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf';

/**
 * Makes the film in a folder, once: film.mp4, and film.m3u8 with its segments.
 * @param {string} cache @param {number} seconds @returns {Promise<string>} the folder
 */
export async function makeFilm(cache, seconds) {
  const options = encoding(seconds, await exists(FONT));
  const recipe = createHash('sha256').update(options.join('\n')).digest('hex').slice(0, 8);
  const folder = `${cache}/film-${seconds}s-${recipe}`;
  if (await exists(folder)) return folder;
  const work = `${folder}.${process.pid}.tmp`;
  await mkdir(work, { recursive: true });
  try {
    await ffmpeg(options, `${work}/film.mp4`);
    await ffmpeg(
      [
        '-i',
        `${work}/film.mp4`,
        '-c',
        'copy',
        '-f',
        'hls',
        '-hls_time',
        `${SEGMENT_SECONDS}`,
        '-hls_playlist_type',
        'vod',
        '-hls_segment_filename',
        `${work}/%03d.ts`,
      ],
      `${work}/film.m3u8`,
    );
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** @param {number} seconds @param {boolean} withText @returns {string[]} */
function encoding(seconds, withText) {
  const { bits, squarePx, heightPx } = CODE;
  const rate = FRAMES_PER_SECOND;
  const text = withText
    ? `,drawtext=fontfile=${FONT}:text='%{n}':fontsize=32:fontcolor=white:box=1:boxcolor=black:x=(w-tw)/2:y=h-50`
    : '';
  return [
    ...['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=${rate}:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `color=black:size=${bits}x2:rate=${rate}:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:beep_factor=2:sample_rate=48000:duration=${seconds}`],
    '-filter_complex',
    `[1]format=gray,geq=lum='255*mod(floor(N/pow(2,${bits - 1}-X)),2)',scale=${bits * squarePx}:${heightPx}:flags=neighbor[code];` +
      `[0]eq=contrast=0.5${text}[picture];[picture][code]overlay=0:0:shortest=1,format=yuv420p[v]`,
    ...['-map', '[v]', '-map', '2:a', '-t', `${seconds}`],
    ...[
      '-c:v',
      'libx264',
      '-profile:v',
      'main',
      '-preset',
      'veryfast',
      '-bf',
      '0',
      '-crf',
      '34',
      '-g',
      `${2 * rate}`,
      '-keyint_min',
      `${2 * rate}`,
      '-sc_threshold',
      '0',
    ],
    ...['-c:a', 'aac', '-b:a', '48k', '-ac', '1', '-movflags', '+faststart'],
  ];
}

/** @param {string[]} options @param {string} output */
async function ffmpeg(options, output) {
  await run('ffmpeg', ['-y', '-v', 'error', ...options, output]).catch((error) => {
    throw new Error(`cannot make ${output} with ffmpeg: ${error.stderr || error.message}`);
  });
}

/** @param {string} path */
function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
