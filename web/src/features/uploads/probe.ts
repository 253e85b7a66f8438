// Looks into a film in the browser, before anything of it is sent.
import type { InputAudioTrack, InputVideoTrack } from 'mediabunny';

export interface Probe {
  /** Media type by the file's content. */
  contentType: string;
  /** 0: the file does not say. */
  seconds: number;
  /** Null: sound alone. */
  video: { codec: string; name: string; width: number; height: number; hdr: boolean } | null;
  audio: readonly { codec: string; name: string; channels: number }[];
}

const NAMES: Readonly<Record<string, string>> = {
  avc: 'H.264',
  hevc: 'HEVC',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  prores: 'ProRes',
  aac: 'AAC',
  opus: 'Opus',
  mp3: 'MP3',
  vorbis: 'Vorbis',
  flac: 'FLAC',
  ac3: 'AC-3',
  eac3: 'E-AC-3',
  dts: 'DTS',
};
const PROBE_TIMEOUT_MS = 8_000;
const MAX_TRACKS = 40;

/** Null: the browser cannot read it, or not in time; the server decides then. Never rejects. */
export async function probe(file: Blob): Promise<Probe | null> {
  const late = new Promise<null>((resolve) => {
    setTimeout(() => resolve(null), PROBE_TIMEOUT_MS);
  });
  return Promise.race([read(file).catch(() => null), late]);
}

async function read(file: Blob): Promise<Probe | null> {
  // The library is large, and only people who upload need it.
  const { Input, BlobSource, MATROSKA, MP4, QTFF, WEBM } = await import('mediabunny');
  const input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, MATROSKA, WEBM] });
  try {
    if (!(await input.canRead())) return null;
    const [format, seconds, video, audio] = await Promise.all([
      input.getFormat(),
      input.getDurationFromMetadata(),
      input.getPrimaryVideoTrack(),
      input.getAudioTracks(),
    ]);
    return {
      contentType: format.mimeType,
      seconds: seconds ?? 0,
      video: video ? await pictureOf(video) : null,
      audio: await Promise.all(audio.slice(0, MAX_TRACKS).map(soundOf)),
    };
  } finally {
    input.dispose();
  }
}

async function pictureOf(track: InputVideoTrack): Promise<Probe['video']> {
  const [codec, parameters, width, height, hdr] = await Promise.all([
    track.getCodec(),
    track.getCodecParameterString(),
    track.getDisplayWidth(),
    track.getDisplayHeight(),
    track.hasHighDynamicRange().catch(() => false),
  ]);
  return { codec: parameters ?? '', name: nameOf(codec), width, height, hdr };
}

async function soundOf(track: InputAudioTrack): Promise<Probe['audio'][number]> {
  const [codec, parameters, channels] = await Promise.all([
    track.getCodec(),
    track.getCodecParameterString(),
    track.getNumberOfChannels(),
  ]);
  return { codec: parameters ?? '', name: nameOf(codec), channels };
}

/** Empty: the browser does not know it. */
function nameOf(codec: string | null): string {
  return codec ? (NAMES[codec] ?? codec) : '';
}
