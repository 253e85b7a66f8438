// Films whose frames carry their number as a row of white and black cells, which `numberedPicture.mjs` reads. ffmpeg makes them.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A white cell, the bits of the number, the highest first, and a black cell. */
export const CELLS = 12;
/** Frames per second of every film, unless a test says otherwise. */
export const RATE = 25;
/** Of the first sound track, in Hz. */
export const TONE = 440;

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '50', '-bf', '0'];
const AAC = ['-c:a', 'aac', '-ac', '2'];

/**
 * A filter that makes the pictures. The row fills the upper quarter; the number of a frame is its time x 25, so that it stays
 * right when other frames are dropped.
 * @param {{ width?: number, height?: number, rate?: number }} [size]
 */
export function numbered({ width = 320, height = 180, rate = RATE } = {}) {
  const cell = width / CELLS;
  /** @param {number} at @param {string} when */
  const white = (at, when) =>
    `drawbox=x=${Math.round(at * cell)}:y=0:w=${Math.round(cell)}:h=${height / 4}:c=white:t=fill${when}`;
  const bits = Array.from({ length: CELLS - 2 }, (_, index) => 2 ** (CELLS - 3 - index)).map((value, index) =>
    white(index + 1, `:enable='gte(mod(floor(t*${RATE}+0.01),${value * 2}),${value})'`),
  );
  const row = [`drawbox=x=0:y=0:w=${width}:h=${height / 4}:c=black:t=fill`, white(0, ''), ...bits];
  return [`testsrc2=size=${width}x${height}:rate=${rate}`, ...row].join(',');
}

/** @param {number} [hertz] */
export function tone(hertz = TONE) {
  return `sine=frequency=${hertz}:sample_rate=48000`;
}

/**
 * A folder for the films of a test.
 * @param {import('node:test').TestContext} test
 */
export async function numberedFilms(test) {
  const folder = await mkdtemp(join(tmpdir(), 'sw-numbered-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  /** @param {string} name @param {string[]} options @returns {string} its path */
  const encode = (name, options) => {
    const path = join(folder, name);
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...options, path], { cwd: folder });
    return path;
  };
  return {
    folder,
    encode,
    /**
     * A film with a picture and a tone. `source`: of the picture; `sound` null: none.
     * @param {string} name
     * @param {{ seconds?: number, source?: string, video?: string[], sound?: string[] | null, more?: string[] }} [how]
     */
    film(name, { seconds = 5, source = numbered(), video = X264, sound = AAC, more = [] } = {}) {
      const heard = sound ? ['-f', 'lavfi', '-i', tone(), ...sound] : [];
      return encode(name, ['-f', 'lavfi', '-i', source, ...heard, '-t', `${seconds}`, ...video, ...more]);
    },
    /** @param {string} name @param {string | Buffer} content */
    async write(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
  };
}
