// The labels of a room, as people type them.

/** The words between commas, each once, in lower case. */
export function labelsFrom(text: string): string[] {
  const words = text
    .split(',')
    .map((word) => word.trim().replace(/^#/, '').toLowerCase())
    .filter(Boolean);
  return [...new Set(words)];
}

const MAX_LABELS = 10;
const MAX_LENGTH = 30;

/** What is wrong with the labels, in words; empty: nothing. */
export function labelsFault(labels: readonly string[]): string {
  if (labels.length > MAX_LABELS) return `Use at most ${MAX_LABELS} labels.`;
  if (labels.some((label) => Array.from(label).length > MAX_LENGTH))
    return `A label has at most ${MAX_LENGTH} characters.`;
  return '';
}
