// Sets the parameters of Opus in an SDP: DTX, in-band FEC, mono, and 32 kbit/s. RFC 7587.

const OPUS = { useinbandfec: '1', usedtx: '1', stereo: '0', 'sprop-stereo': '0', maxaveragebitrate: '32000' };

/** The description with our parameters in the `fmtp` line of each Opus format. Other lines stay as they are. */
export function withOpus(sdp: string): string {
  const formats = new Set([...sdp.matchAll(/^a=rtpmap:(\d+) opus\/48000/gim)].map(([, format]) => format));
  if (formats.size === 0) return sdp;
  const lines = sdp.split('\r\n').filter((line) => {
    const format = /^a=fmtp:(\d+) /.exec(line)?.[1];
    return format === undefined || !formats.has(format);
  });
  return lines
    .flatMap((line) => {
      const format = /^a=rtpmap:(\d+) opus\/48000/i.exec(line)?.[1];
      return format === undefined ? [line] : [line, `a=fmtp:${format} ${parameters(sdp, format)}`];
    })
    .join('\r\n');
}

/** The ICE user name of a description; empty: it has none. RFC 8839, 5.4. */
export function ufragOf(sdp = ''): string {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? '';
}

function parameters(sdp: string, format: string): string {
  const line = new RegExp(`^a=fmtp:${format} (.*)$`, 'm').exec(sdp)?.[1] ?? '';
  const given = line
    .trim()
    .split(';')
    .map((part) => part.trim().split('=') as [string, string?])
    .filter(([name]) => name !== '');
  const all = { ...Object.fromEntries(given.map(([name, value = '']) => [name, value])), ...OPUS };
  return Object.entries(all)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join(';');
}
