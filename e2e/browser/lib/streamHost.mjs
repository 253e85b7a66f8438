// A host of an HLS stream with two qualities, two languages and subtitles. ffmpeg makes the parts.
import { execFileSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveFolder } from './folderHost.mjs';

const SECONDS = 60;
const SEGMENT = ['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'];

/** @param {number} height */
function picture(height) {
  const width = (height * 16) / 9;
  return [
    ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=25`, '-t', `${SECONDS}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '50', '-keyint_min', '50'],
    ...['-sc_threshold', '0'],
  ];
}

/** @param {number} hertz */
function sound(hertz) {
  const source = `sine=frequency=${hertz}:sample_rate=48000`;
  return ['-f', 'lavfi', '-i', source, '-t', `${SECONDS}`, '-c:a', 'aac', '-ac', '2', '-b:a', '64k'];
}

/** @param {string} language @param {string} name @param {string} isDefault */
function group(language, name, isDefault) {
  return ['low', 'high'].map(
    (id) =>
      `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${id}",LANGUAGE="${language}",NAME="${name}",DEFAULT=${isDefault},AUTOSELECT=YES,URI="${language}.m3u8"`,
  );
}

/** Each quality has a group of its own, as in case M36. */
function master() {
  const codecs = 'CODECS="avc1.64001e,mp4a.40.2"';
  const subtitles =
    '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",LANGUAGE="en",NAME="English",DEFAULT=NO,AUTOSELECT=NO,URI="subs.m3u8"';
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    ...group('de', 'Deutsch', 'YES'),
    ...group('en', 'English', 'NO'),
    subtitles,
    `#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=320x180,${codecs},AUDIO="low",SUBTITLES="subs"`,
    'v180.m3u8',
    `#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360,${codecs},AUDIO="high",SUBTITLES="subs"`,
    'v360.m3u8',
    '',
  ].join('\n');
}

const SUBTITLES = `WEBVTT

00:00:00.000 --> 00:00:20.000
I thought you had <i>sold</i> the boat.

00:00:20.000 --> 00:01:00.000
<img src=http://x.test/p.png onerror=alert(1)>Who says so?
`;
const SUBTITLE_LIST = `#EXTM3U
#EXT-X-TARGETDURATION:${SECONDS}
#EXT-X-PLAYLIST-TYPE:VOD
#EXTINF:${SECONDS}.0,
subs.vtt
#EXT-X-ENDLIST
`;

/**
 * Starts a host with `/master.m3u8`: 180p and 360p; Deutsch (default) and English; subtitles in English.
 * @param {import('node:test').TestContext} test
 * @returns {Promise<{ url: string, asked: string[] }>} its address, and the names of the files that were asked for
 */
export async function streamHost(test) {
  const folder = await mkdtemp(join(tmpdir(), 'sw-stream-'));
  const tracks = /** @type {[string, string[]][]} */ ([
    ['v180', picture(180)],
    ['v360', picture(360)],
    ['de', sound(440)],
    ['en', sound(880)],
  ]);
  for (const [name, source] of tracks) {
    const files = [
      '-hls_fmp4_init_filename',
      `${name}-init.mp4`,
      '-hls_segment_filename',
      join(folder, `${name}-%d.m4s`),
    ];
    execFileSync('ffmpeg', ['-v', 'error', ...source, ...SEGMENT, ...files, join(folder, `${name}.m3u8`)]);
  }
  await writeFile(join(folder, 'master.m3u8'), master());
  await writeFile(join(folder, 'subs.m3u8'), SUBTITLE_LIST);
  await writeFile(join(folder, 'subs.vtt'), SUBTITLES);

  return serveFolder(test, folder);
}
