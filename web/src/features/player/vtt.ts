// WebVTT (W3C Recommendation, 2019) as our server writes it: cues of plain text with the tags b, i and u.

export interface Cue {
  startMs: number;
  endMs: number;
  text: string;
}

const TIMES = /^(?:(\d+):)?(\d{2}):(\d{2})\.(\d{3})\s+-->\s+(?:(\d+):)?(\d{2}):(\d{2})\.(\d{3})/;
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': '\u00A0',
  '&lrm;': '\u200E',
  '&rlm;': '\u200F',
};

/** The cues of a file, in the order of their start. */
export function cuesOf(vtt: string): Cue[] {
  const cues: Cue[] = [];
  for (const block of vtt.replaceAll('\r\n', '\n').split(/\n{2,}/)) {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => TIMES.test(line));
    const times = TIMES.exec(lines[at] ?? '');
    const text = plain(lines.slice(at + 1).join('\n'));
    if (times && text) cues.push({ startMs: msOf(times, 1), endMs: msOf(times, 5), text });
  }
  return cues.toSorted((a, b) => a.startMs - b.startMs);
}

/** What is said at this moment; empty: nothing. */
export function textAt(cues: readonly Cue[], positionMs: number): string {
  return cues
    .filter((cue) => cue.startMs <= positionMs && positionMs < cue.endMs)
    .map((cue) => cue.text)
    .join('\n');
}

function msOf(times: RegExpExecArray, from: number): number {
  const [hours, minutes, seconds, ms] = [0, 1, 2, 3].map((n) => Number(times[from + n] ?? 0));
  return (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1_000 + (ms ?? 0);
}

/** The text of a cue without tags: nothing of it is markup for the page (case M22). */
export function plain(text: string): string {
  return text
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:amp|lt|gt|nbsp|lrm|rlm);/g, (entity) => ENTITIES[entity] ?? entity)
    .trim();
}
