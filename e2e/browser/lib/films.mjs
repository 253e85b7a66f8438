// Films for uploads, made by ffmpeg, and a slow line to send them over.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @typedef {import('playwright-core').Page} Page */

const SOUND = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];

const SIGNS = `[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment
Style: Default,Arial,48,&H0000FFFF,8

[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:00.00,0:00:30.00,Default,{\\frz10}To the harbour
`;

/**
 * A folder for the films of a test.
 * @param {import('node:test').TestContext} test
 */
export async function films(test) {
  const folder = await mkdtemp(join(tmpdir(), 'sw-films-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  /** @param {string} name @param {string[]} options @returns {string} */
  const encode = (name, options) => {
    const path = join(folder, name);
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...options, path]);
    return path;
  };
  return {
    folder,
    /**
     * H.264 and AAC, which play as they are. `kbit`: size of a second; `indexLast`: as cameras write it.
     * @param {string} name @param {{ seconds?: number, kbit?: number, indexLast?: boolean }} [how]
     */
    plain(name, { seconds = 20, kbit = 400, indexLast = false } = {}) {
      const source = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25', ...SOUND, '-t', `${seconds}`];
      const picture = [
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-pix_fmt',
        'yuv420p',
        '-g',
        '50',
        '-sc_threshold',
        '0',
      ];
      // Constant: noise would be needed to fill a high rate otherwise.
      const rate = ['-b:v', `${kbit}k`, '-minrate', `${kbit}k`, '-maxrate', `${kbit}k`, '-bufsize', `${kbit}k`];
      const filler = ['-x264-params', 'nal-hrd=cbr:force-cfr=1'];
      const index = indexLast ? [] : ['-movflags', '+faststart'];
      return encode(name, [...source, ...picture, ...rate, ...filler, '-c:a', 'aac', '-ac', '2', ...index]);
    },
    /** MPEG-4 and MP3, which no browser plays. @param {string} name */
    old(name) {
      const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', ...SOUND, '-t', '12'];
      return encode(name, [...source, '-c:v', 'mpeg4', '-c:a', 'libmp3lame']);
    },
    /** H.264 with German (default) and English sound, and styled subtitles called Signs. @param {string} name */
    async bilingual(name) {
      const styled = join(folder, 'signs.ass');
      await writeFile(styled, SIGNS);
      const source = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25', ...SOUND, ...SOUND, '-i', styled];
      const maps = ['-map', '0:v', '-map', '1:a', '-map', '2:a', '-map', '3:s', '-t', '30'];
      const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '50', '-c:a', 'aac'];
      const names = [
        ...['-metadata:s:a:0', 'language=ger', '-metadata:s:a:0', 'title=Deutsch'],
        ...['-metadata:s:a:1', 'language=eng', '-metadata:s:a:1', 'title=English'],
        ...['-metadata:s:s:0', 'language=eng', '-metadata:s:s:0', 'title=Signs'],
      ];
      const shown = ['-disposition:a:0', 'default', '-disposition:a:1', '0', '-disposition:s:0', '0'];
      return encode(name, [...source, ...maps, ...codecs, '-c:s', 'ass', ...names, ...shown]);
    },
    /** @param {string} name @param {string | Buffer} content */
    async other(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
  };
}

/** One for each page: the limits of another session would hold beside those of this one. @type {WeakMap<Page, import('playwright-core').CDPSession>} */
const sessions = new WeakMap();

/**
 * Limits the line of a page, in bytes a second; what is not named has no limit.
 * @param {Page} page @param {{ up?: number, down?: number }} limits
 */
export async function slowLine(page, { up = -1, down = -1 }) {
  const protocol = sessions.get(page) ?? (await page.context().newCDPSession(page));
  sessions.set(page, protocol);
  await protocol.send('Network.enable');
  await protocol.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: down,
    uploadThroughput: up,
  });
}

/**
 * Chooses files in the room or in the library, and waits until what will happen to them is said.
 * @param {Page} page @param {string[]} paths
 */
export async function chooseFiles(page, paths) {
  await page.getByRole('main').getByLabel('Files to upload').setInputFiles(paths);
  return offered(page);
}

/** The dialog before files are sent, once they are checked. @param {Page} page */
export async function offered(page) {
  const dialog = page.getByRole('dialog', { name: /^Upload (this file|\d+ files)\?$/ });
  await dialog.getByText('Looking into the file').first().waitFor({ state: 'hidden' });
  return dialog;
}

/** @param {Page} page @param {string} path */
export async function sendFile(page, path) {
  const dialog = await chooseFiles(page, [path]);
  await dialog.getByRole('button', { name: 'Upload', exact: true }).click();
}

/** The card of an upload in the room. @param {Page} page @param {string} filename */
export async function card(page, filename) {
  await page.getByRole('tab', { name: /Up next/ }).click();
  return page.getByRole('list', { name: 'Your uploads' }).getByRole('listitem').filter({ hasText: filename });
}

/**
 * Lets the browser's own picker give a file with a handle, as for a person who chose it there. The file is in the storage of
 * the origin, whose handles a test can make.
 * @param {Page} page @param {string} name @param {Buffer} content
 */
export async function pickerGives(page, name, content) {
  await page.evaluate(
    async ([called, text]) => {
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle(called, { create: true });
      const writable = await handle.createWritable();
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      await writable.write(bytes);
      await writable.close();
      Object.assign(window, { showOpenFilePicker: () => Promise.resolve([handle]) });
    },
    [name, content.toString('base64')],
  );
}
