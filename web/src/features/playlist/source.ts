// The server's check of a link in words, and the remedies for a refused link.
import { ApiError, explain, sentence } from '../../api/errors';
import type { CheckSourceResponseJson, SourceOutcomeJson } from '../../api/gen/syncwatch/media/v1/media_pb';
import { clockTime, msFromUs } from '../../room/format';

/** Debounces typing. Short enough not to be noticed after a paste. */
export const CHECK_AFTER_MS = 350;

/** Remedies that this page offers for a refused link. */
export type Remedy = 'ADD_ANYWAY' | 'OPEN_SITE' | 'TRY_LATER';

const REMEDIES: ReadonlySet<string> = new Set<Remedy>(['ADD_ANYWAY', 'OPEN_SITE', 'TRY_LATER']);

export interface Refusal {
  /** What happened. */
  text: string;
  /** What to do; empty where the text says it. */
  hint: string;
  remedies: readonly Remedy[];
}

export type Verdict =
  | { state: 'none' }
  | { state: 'checking' }
  | {
      state: 'plays';
      title: string;
      summary: string;
      good: boolean;
      facts: readonly string[];
      notes: readonly string[];
    }
  | ({ state: 'refused' } & Refusal);

/** Whether text may be a link. Other text is not sent to the server. */
export function looksLikeLink(text: string): boolean {
  return text.length >= 4 && !/\s/.test(text) && /[.:]/.test(text.slice(0, -1));
}

const SUMMARIES: Readonly<Record<SourceOutcomeJson, string>> = {
  SOURCE_OUTCOME_UNSPECIFIED: 'Can be added',
  SOURCE_OUTCOME_PLAYS_FOR_ALL: 'Plays for everyone',
  SOURCE_OUTCOME_NO_JUMPS: 'Plays for everyone, without jumps',
  SOURCE_OUTCOME_DEPENDS_ON_BROWSER: 'May not play in every browser',
  SOURCE_OUTCOME_LIVE: 'Live, kept together less exactly',
};

export function plays(checked: CheckSourceResponseJson): Verdict {
  const outcome = checked.outcome ?? 'SOURCE_OUTCOME_UNSPECIFIED';
  const startMs = msFromUs(checked.source?.startUs);
  const facts = [checked.source?.audioOnly ? 'Sound only' : '', startMs > 0 ? `Starts at ${clockTime(startMs)}` : ''];
  return {
    state: 'plays',
    title: checked.title ?? '',
    summary: SUMMARIES[outcome],
    good: outcome === 'SOURCE_OUTCOME_PLAYS_FOR_ALL',
    facts: facts.filter(Boolean),
    notes: (checked.notes ?? []).map((note) => note.text ?? '').filter(Boolean),
  };
}

export function refusal(error: unknown): Refusal {
  const suggested = error instanceof ApiError ? (error.metadata['suggestions'] ?? '').split(',') : [];
  // The server joins the two by a semicolon. Apart, they take half the height on a phone.
  const [text = '', ...rest] = explain(error).split('; ');
  return {
    text: sentence(text),
    hint: rest.length > 0 ? sentence(rest.join('; ')) : '',
    remedies: suggested.filter((name): name is Remedy => REMEDIES.has(name)),
  };
}

/** The web page of a refused link; null for text that is no web address. */
export function siteOf(text: string): string | null {
  for (const address of [text.trim(), `https://${text.trim()}`]) {
    if (!URL.canParse(address)) continue;
    const url = new URL(address);
    if (url.protocol === 'https:' || url.protocol === 'http:') return url.href;
  }
  return null;
}
