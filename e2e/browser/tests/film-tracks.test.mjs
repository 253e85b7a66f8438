// The sound tracks and the subtitles that came with a film: each viewer chooses, and gets what the name says, at its time. The
// size of the picture follows the line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { people } from '../lib/browser.mjs';
import { difference, drawnGlyphs, glyphPairs } from '../lib/drawnGlyphs.mjs';
import { card, slowLine } from '../lib/films.mjs';
import { numbered, numberedFilms, TONE, tone } from '../lib/numberedFilms.mjs';
import { assertInPlace, assertPlays, jumpTo, openUpload, record, restingFrame } from '../lib/numberedPicture.mjs';
import { joinAsGuest, pressOverFilm, pressPlay, untilFilmAt } from '../lib/room.mjs';

/** @typedef {import('playwright-core').Page} Page */

const SECONDS = 6;

const SRT = `1
00:00:02,000 --> 00:00:04,000
I thought you had <i>sold</i> the boat.
`;
const ASS = `[Script Info]
ScriptType: v4.00+
PlayResX: 320
PlayResY: 180

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment
Style: Default,Arial,48,&H0000FFFF,2

[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:02.00,0:00:04.00,Default,To the harbour
`;

/** A white picture of 80 x 20 points near the lower edge, from 2 to 4 s, as Blu-rays have subtitles. */
function pgs() {
  const [width, height] = [80, 20];
  /** @param {number} number */
  const u16 = (number) => [number >> 8, number & 255];
  /** @param {number} seconds @param {number} kind @param {number[]} content */
  const segment = (seconds, kind, content) => {
    const head = Buffer.alloc(13);
    head.write('PG');
    head.writeUInt32BE(seconds * 90_000, 2);
    head[10] = kind;
    head.writeUInt16BE(content.length, 11);
    return Buffer.concat([head, Buffer.from(content)]);
  };
  const screen = [...u16(320), ...u16(180), 0x10];
  const place = [...u16(120), ...u16(150)];
  // Runs of at most 63 points of colour 1; an empty run ends a row.
  const row = [0, 0x80 | 40, 1, 0, 0x80 | 40, 1, 0, 0];
  const points = Array.from({ length: height }, () => row).flat();
  const object = [0, ...u16(points.length + 4), ...u16(width), ...u16(height), ...points];
  return Buffer.concat([
    segment(2, 0x16, [...screen, 0, 0, 0x80, 0, 0, 1, 0, 0, 0, 0, ...place]),
    segment(2, 0x17, [1, 0, ...place, ...u16(width), ...u16(height)]),
    segment(2, 0x14, [0, 0, 1, 235, 128, 128, 255]),
    segment(2, 0x15, [0, 0, 0, 0xc0, ...object]),
    segment(2, 0x80, []),
    segment(4, 0x16, [...screen, 0, 1, 0, 0, 0, 0]),
    segment(4, 0x80, []),
  ]);
}

/** @param {Page} page @param {string} name */
async function chooseCaptions(page, name) {
  await pressOverFilm(page, 'Captions, for you');
  await page.getByRole('radio', { name }).check({ force: true });
  await page.keyboard.press('Escape');
}

/** Waits until something is drawn over the film, or nothing. @param {Page} page @param {boolean} something */
async function untilDrawn(page, something) {
  await page.waitForFunction((wanted) => {
    const canvas = document.querySelector('[data-testid=drawn-subtitles] canvas');
    if (!(canvas instanceof HTMLCanvasElement) || canvas.width === 0) return false;
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [160, 90];
    const context = copy.getContext('2d');
    context?.drawImage(canvas, 0, 0, copy.width, copy.height);
    const points = context?.getImageData(0, 0, copy.width, copy.height).data ?? [];
    return points.some((value, index) => index % 4 === 3 && value > 100) === wanted;
  }, something);
}

test('a film with two sound tracks plays to each viewer the one that they chose', async (t) => {
  const { open, faults } = await people(t);
  const { encode } = await numberedFilms(t);
  const sources = [numbered(), tone(), tone(2 * TONE)].flatMap((source) => ['-f', 'lavfi', '-i', source]);
  const path = encode('two.mkv', [
    ...[...sources, '-map', '0:v', '-map', '1:a', '-map', '2:a', '-t', `${SECONDS}`],
    ...['-c:v', 'mpeg4', '-q:v', '3', '-c:a', 'libmp3lame'],
    ...['-metadata:s:a:0', 'language=ger', '-metadata:s:a:0', 'title=Deutsch', '-disposition:a:0', 'default'],
    ...['-metadata:s:a:1', 'language=eng', '-metadata:s:a:1', 'title=English', '-disposition:a:1', '0'],
  ]);
  const host = await open('host');
  await openUpload(host, path);
  const mia = await open('mia');
  await joinAsGuest(mia, host.url(), 'Mia');
  await untilFilmAt(mia, 0);
  await pressOverFilm(mia, 'Playback options');
  // Beside it is the same with even loudness.
  await mia.getByRole('radio', { name: 'English', exact: true }).check({ force: true });
  await mia.keyboard.press('Escape');
  await Promise.all([record(host), record(mia)]);
  await pressPlay(host);
  await assertPlays(host);
  await assertPlays(mia, { hertz: 2 * TONE });
  assert.deepEqual(faults, []);
});

test('subtitles of all three kinds are shown at their time', async (t) => {
  const { open, faults } = await people(t);
  const { encode, write } = await numberedFilms(t);
  await write('a.srt', SRT);
  await write('b.ass', ASS);
  await write('c.sup', pgs());
  const names = ['Text', 'Styled', 'Pictures'];
  const path = encode('captions.mkv', [
    ...['-f', 'lavfi', '-i', numbered(), '-f', 'lavfi', '-i', tone(), '-i', 'a.srt', '-i', 'b.ass'],
    // ffmpeg counts the times of pictures from the first one.
    ...['-itsoffset', '2', '-i', 'c.sup'],
    ...['-map', '0:v', '-map', '1:a', '-map', '2:s', '-map', '3:s', '-map', '4:s', '-t', `${SECONDS}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-c:s', 'copy'],
    ...names.flatMap((name, index) => [`-metadata:s:s:${index}`, `title=${name}`, `-disposition:s:${index}`, '0']),
  ]);
  const page = await open('host');
  await openUpload(page, path);

  await chooseCaptions(page, 'Text');
  await jumpTo(page, 2.5);
  await page.getByTestId('subtitles').getByText('I thought you had sold the boat.').waitFor();
  await record(page);
  assertInPlace(await restingFrame(page));
  await jumpTo(page, 5);
  await page.getByTestId('subtitles').waitFor({ state: 'detached' });

  for (const name of ['Styled', 'Pictures']) {
    await chooseCaptions(page, name);
    await jumpTo(page, 3);
    await untilDrawn(page, true);
    await jumpTo(page, 1);
    await untilDrawn(page, false);
  }
  assert.deepEqual(faults, []);
});

/** The fonts of the page that were asked for from now on. @param {Page} page */
function fallbackFonts(page) {
  /** @type {string[]} */
  const names = [];
  page.on('request', (request) => {
    const name = new URL(request.url()).pathname.split('/').at(-1) ?? '';
    if (name.startsWith('noto-sans-')) names.push(name);
  });
  return names;
}

/** The glyphs of a track, once they are drawn. @param {Page} page @param {string} name @param {number} rows */
async function glyphsOf(page, name, rows) {
  await jumpTo(page, 1);
  await chooseCaptions(page, name);
  await jumpTo(page, 3);
  await untilDrawn(page, true);
  return drawnGlyphs(page, rows);
}

/** A film with styled subtitles, by their languages. @param {Record<string, string>} tracks @param {string[]} [more] */
function styledFilm(tracks, more = []) {
  const names = Object.keys(tracks);
  return [
    ...[
      '-f',
      'lavfi',
      '-i',
      numbered(),
      '-f',
      'lavfi',
      '-i',
      tone(),
      ...names.flatMap((name) => ['-i', `${name}.ass`]),
    ],
    ...['-map', '0:v', '-map', '1:a', ...names.flatMap((_, index) => ['-map', `${index + 2}:s`]), '-t', `${SECONDS}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-c:s', 'copy'],
    ...names.flatMap((name, index) => [
      ...[`-metadata:s:s:${index}`, `language=${name}`, `-metadata:s:s:${index}`, `title=In ${name}`],
      ...[`-disposition:s:${index}`, '0'],
    ]),
    ...more,
  ];
}

// Case M24.
test('styled subtitles without fonts are drawn in every script, and fonts are loaded only then', async (t) => {
  const { open, faults } = await people(t);
  const { encode, write } = await numberedFilms(t);
  // Of the last two characters no font has a glyph: they are one box.
  const pairs = ['直骨', '你好', 'いア', '한국', 'بج', 'ฬอ', 'नक', 'שם', 'To', 'ᚠᚢ'];
  const text = glyphPairs(pairs.map((pair) => ({ pair })));
  const tracks = { eng: ASS, chi: text, jpn: text };
  for (const [name, content] of Object.entries(tracks)) await write(`${name}.ass`, content);
  const page = await open('host');
  const fonts = fallbackFonts(page);
  await openUpload(page, encode('scripts.mkv', styledFilm(tracks)));

  await glyphsOf(page, 'In eng', 1);
  assert.deepEqual(fonts, []);
  const chinese = await glyphsOf(page, 'In chi', pairs.length);
  assert.deepEqual(
    chinese.map(([left, right]) => difference(left, right) > 0.3),
    pairs.map((pair) => pair !== 'ᚠᚢ'),
  );
  const japanese = await glyphsOf(page, 'In jpn', pairs.length);
  const changed = pairs.filter((_, row) => difference(chinese[row]?.[0] ?? '', japanese[row]?.[0] ?? '') > 0.1);
  assert.ok(changed.includes('直骨') && !changed.includes('To'), `${changed} look otherwise in Japanese`);
  assert.deepEqual(faults, []);
});

// Case M24.
test('fonts that came with a film under any type draw its subtitles, and no others are loaded', async (t) => {
  const { open, faults } = await people(t);
  const { encode, write } = await numberedFilms(t);
  const attached = [
    { script: 'thai', type: 'application/vnd.ms-opentype' },
    { script: 'devanagari', type: 'application/octet-stream' },
  ];
  const tracks = {
    hin: glyphPairs([
      { pair: 'ฬอ', font: 'Noto Sans Thai', size: 50 },
      { pair: 'नक', font: 'Noto Sans Devanagari', size: 50 },
    ]),
  };
  await write('hin.ass', tracks.hin);
  const more = attached.flatMap(({ script, type }, index) => {
    const name = `noto-sans-${script}/files/noto-sans-${script}-${script}-400-normal.woff`;
    const path = fileURLToPath(new URL(`../../../web/node_modules/@fontsource/${name}`, import.meta.url));
    return ['-attach', path, `-metadata:s:t:${index}`, `mimetype=${type}`];
  });
  const page = await open('host');
  const fonts = fallbackFonts(page);
  await openUpload(page, encode('fonts.mkv', styledFilm(tracks, more)));

  const differences = (await glyphsOf(page, 'In hin', 2)).map(([left, right]) => difference(left, right));
  assert.ok(Math.min(...differences) > 0.3, `the glyphs of a row differ by ${differences}`);
  assert.deepEqual(fonts, []);
  assert.deepEqual(faults, []);
});

test('a player takes the picture that its line can bring, and a larger one when the line gets better', async (t) => {
  const { open, faults } = await people(t);
  const { film } = await numberedFilms(t);
  // Noise, of which each size takes all that it may: 1500 and 800 kbit/s by their heights of 480 and 360.
  const source = `${numbered({ width: 854, height: 480, rate: 5 })},noise=alls=40:allf=t`;
  const path = film('large.mkv', { seconds: 48, source, video: ['-c:v', 'mpeg4', '-q:v', '12'] });
  const host = await open('host');
  await openUpload(host, path);
  await (await card(host, 'large.mkv')).getByText('Everyone can watch it').waitFor({ timeout: 120_000 });
  const mia = await open('mia');
  await slowLine(mia, { down: 90_000 });
  await joinAsGuest(mia, host.url(), 'Mia');
  await untilHeight(mia, 360);
  await slowLine(mia, {});
  // Behind what she has loaded.
  await jumpTo(host, 30);
  await pressPlay(host);
  await untilHeight(mia, 480);
  assert.deepEqual(faults, []);
});

/** Waits until the picture of a film has this height. @param {Page} page @param {number} height */
async function untilHeight(page, height) {
  await page.waitForFunction((wanted) => {
    const video = document.querySelector('video');
    return video && video.readyState >= 2 && video.videoHeight === wanted;
  }, height);
}
