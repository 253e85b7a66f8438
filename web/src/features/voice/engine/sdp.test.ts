import { expect, it } from 'vitest';
import { withOpus } from './sdp';

const CHROMIUM = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 0',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=rtpmap:0 PCMU/8000',
  '',
].join('\r\n');

it('asks for DTX, in-band FEC, mono and 32 kbit/s, and keeps what the browser said', () => {
  const lines = withOpus(CHROMIUM).split('\r\n');
  const opus = lines.filter((line) => line.startsWith('a=fmtp:111'));
  expect(opus).toHaveLength(1);
  const parameters = opus[0]?.replace('a=fmtp:111 ', '').split(';');
  expect(parameters).toEqual([
    'minptime=10',
    'useinbandfec=1',
    'usedtx=1',
    'stereo=0',
    'sprop-stereo=0',
    'maxaveragebitrate=32000',
  ]);
  expect(lines).toContain('a=fmtp:63 111/111');
  expect(lines.length).toBe(CHROMIUM.split('\r\n').length);
});

it('adds the line where a browser gives none, and is the same when done twice', () => {
  const without = CHROMIUM.replace('a=fmtp:111 minptime=10;useinbandfec=1\r\n', '');
  expect(withOpus(without)).toContain('a=fmtp:111 useinbandfec=1;usedtx=1');
  expect(withOpus(withOpus(CHROMIUM))).toBe(withOpus(CHROMIUM));
  expect(withOpus('v=0\r\n')).toBe('v=0\r\n');
});
