// What will happen to a file, said before it is sent.
import type { GetUploadLimitsResponseJson } from '../../api/gen/syncwatch/media/v1/upload_pb';
import { bytes, clockTime } from '../../room/format';
import type { Probe } from './probe';
import { quotaFull, refusalFor, tooLarge, tooLong } from './refusal';

export interface Limits {
  enabled: boolean;
  maxBytes: number;
  maxSeconds: number;
  usedBytes: number;
  quotaBytes: number;
}

export interface Verdict {
  /** `plays`: as it is; `converts`: first; `unknown`: the browser cannot tell; `refused`: it is not sent. */
  outcome: 'plays' | 'converts' | 'unknown' | 'refused';
  /** In one line. */
  text: string;
  /** Length, picture and size. */
  facts: readonly string[];
}

export function limitsFrom(json: GetUploadLimitsResponseJson): Limits {
  return {
    enabled: json.enabled ?? false,
    maxBytes: Number(json.maxSizeBytes ?? 0),
    maxSeconds: Number(json.maxDurationS ?? 0),
    usedBytes: Number(json.usedBytes ?? 0),
    quotaBytes: Number(json.quotaBytes ?? 0),
  };
}

/**
 * `limits` null: not known, so the server decides. `earlierBytes`: size of the files that are sent before this one.
 */
export function verdictOn(
  file: Pick<File, 'size'>,
  probe: Probe | null,
  limits: Limits | null,
  earlierBytes = 0,
): Verdict {
  const facts = factsOf(file, probe);
  const no = (text: string): Verdict => ({ outcome: 'refused', text, facts });
  if (file.size === 0) return no(refusalFor('FILE_EMPTY')?.text ?? '');
  if (limits) {
    if (!limits.enabled) return no(refusalFor('UPLOADS_OFF')?.text ?? '');
    if (limits.maxBytes && file.size > limits.maxBytes) return no(tooLarge(file.size, limits.maxBytes));
    if (limits.quotaBytes && limits.usedBytes + earlierBytes + file.size > limits.quotaBytes)
      return no(quotaFull(limits.usedBytes + earlierBytes, limits.quotaBytes));
    if (probe && limits.maxSeconds && probe.seconds > limits.maxSeconds)
      return no(tooLong(probe.seconds, limits.maxSeconds));
  }
  if (!probe)
    return {
      outcome: 'unknown',
      text: 'This browser can’t look into it. The server checks it once it is sent.',
      facts,
    };
  if (!probe.video && probe.audio.length === 0) return no(refusalFor('FILE_UNREADABLE')?.text ?? '');
  const why = whyConverted(probe);
  return why
    ? { outcome: 'converts', text: `It is converted first (${why}). You can watch while that goes on.`, facts }
    : { outcome: 'plays', text: 'Plays at once.', facts };
}

/** What the server has to encode; empty: nothing. The same rules as the server's plan, as far as a browser can tell. */
function whyConverted({ video, audio }: Probe): string {
  const reasons: string[] = [];
  if (video && !isPlainH264(video.codec)) reasons.push(named('picture', video.name));
  else if (video?.hdr) reasons.push('picture: HDR');
  const sound = audio.find((track) => track.codec !== 'mp4a.40.2' || track.channels > 2);
  if (sound) reasons.push(named('sound', sound.name, sound.channels > 2 ? `${sound.channels} channels` : ''));
  return reasons.join('; ');
}

/** "sound: AAC, 6 channels"; "picture" where nothing is known of it. */
function named(what: string, ...facts: readonly string[]): string {
  const known = facts.filter(Boolean).join(', ');
  return known ? `${what}: ${known}` : what;
}

/** Case M12: 8 bits, 4:2:0. The profiles Baseline (66), Main (77) and High (100) have no others. */
function isPlainH264(codec: string): boolean {
  const profile = /^avc[13]\.([0-9a-f]{2})/i.exec(codec)?.[1];
  return profile !== undefined && [66, 77, 100].includes(Number.parseInt(profile, 16));
}

function factsOf({ size }: Pick<File, 'size'>, probe: Probe | null): string[] {
  const picture = probe?.video
    ? `${probe.video.width} × ${probe.video.height}`
    : probe?.audio.length
      ? 'sound only'
      : '';
  return [probe && probe.seconds > 0 ? clockTime(probe.seconds * 1000) : '', picture, bytes(size)].filter(Boolean);
}
