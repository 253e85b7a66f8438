// Stores the learned start latency and seek cost of this device's player for the next visit.
import type { Learned } from '../../sync/mover';

/** Players in frames of other sites have other costs than the page's own player. */
export type LearnedOf = 'page' | 'frame';

const KEYS: Readonly<Record<LearnedOf, string>> = { page: 'syncwatch.learned', frame: 'syncwatch.learned.frame' };

export function loadLearned(of: LearnedOf): Learned | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEYS[of]) ?? 'null');
    if (typeof value !== 'object' || value === null) return null;
    const { startLatencyMs, seekCostMs } = value as Partial<Record<keyof Learned, unknown>>;
    const sane = (n: unknown): n is number => typeof n === 'number' && n >= 0 && n <= 3_000;
    return sane(startLatencyMs) && sane(seekCostMs) ? { startLatencyMs, seekCostMs } : null;
  } catch {
    return null;
  }
}

export function saveLearned(of: LearnedOf, learned: Learned): void {
  localStorage.setItem(KEYS[of], JSON.stringify(learned));
}
