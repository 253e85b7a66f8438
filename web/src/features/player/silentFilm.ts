// Case M35: a film whose sound the browser cannot decode plays without any error, and without a sound.

/** What browsers tell of decoded sound, each in its own way. */
interface Hearing {
  /** Chromium and Safari. */
  webkitAudioDecodedByteCount?: number;
  /** Firefox. */
  mozHasAudio?: boolean;
}

/** Whether the browser decodes sound of this video; null: it does not tell. */
export function decodesSound(video: object): boolean | null {
  const { mozHasAudio, webkitAudioDecodedByteCount } = video as Hearing;
  if (mozHasAudio !== undefined) return mozHasAudio;
  return webkitAudioDecodedByteCount === undefined ? null : webkitAudioDecodedByteCount > 0;
}

const NAMES: Readonly<Record<string, string>> = { ac3: 'AC-3', eac3: 'E-AC-3', dts: 'DTS' };

/** Names of the codecs of the sound of a file; empty: it has none. Rejects when its host does not let pages read it. */
export async function soundsOf(url: string): Promise<string[]> {
  const { ALL_FORMATS, Input, UrlSource } = await import('mediabunny');
  const input = new Input({ source: new UrlSource(url), formats: ALL_FORMATS });
  try {
    const codecs = await Promise.all((await input.getAudioTracks()).map((track) => track.getCodec()));
    return codecs.map((codec) => (codec ? (NAMES[codec] ?? codec.toUpperCase()) : 'unknown'));
  } finally {
    input.dispose();
  }
}

/** Null: the film is silent, and nothing is wrong. `sounds` null: nobody knows. */
export function silenceWords(sounds: readonly string[] | null): string | null {
  if (sounds === null)
    return 'You hear nothing: this video has no sound, or none that this browser can play. Upload the file instead, which converts it.';
  if (sounds.length === 0) return null;
  return `This browser can’t play the sound of this video (${sounds.join(', ')}). Upload the file instead, which converts it.`;
}
