// What this device's player was found to cost is kept for the next visit.
import type { Learned } from '../../sync/mover';

const KEY = 'syncwatch.learned';

export function loadLearned(): Learned | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof value !== 'object' || value === null) return null;
    const { startLatencyMs, seekCostMs } = value as Partial<Record<keyof Learned, unknown>>;
    const sane = (n: unknown): n is number => typeof n === 'number' && n >= 0 && n <= 3_000;
    return sane(startLatencyMs) && sane(seekCostMs) ? { startLatencyMs, seekCostMs } : null;
  } catch {
    return null;
  }
}

export function saveLearned(learned: Learned): void {
  localStorage.setItem(KEY, JSON.stringify(learned));
}
