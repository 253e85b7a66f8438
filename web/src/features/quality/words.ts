import type { SyncClassJson } from '../../api/gen/syncwatch/sync/v1/presence_pb';

const CLASSES: Record<SyncClassJson, { name: string; meaning: string }> = {
  SYNC_CLASS_UNSPECIFIED: { name: '–', meaning: 'Not known yet' },
  SYNC_CLASS_A: { name: 'A', meaning: 'Class A: accurate to the frame' },
  SYNC_CLASS_B: { name: 'B', meaning: 'Class B: accurate to about a tenth of a second' },
  SYNC_CLASS_C: { name: 'C', meaning: 'Class C: accurate to about a quarter of a second, in another site’s player' },
};

export function classWords(syncClass: SyncClassJson | undefined): { name: string; meaning: string } {
  return CLASSES[syncClass ?? 'SYNC_CLASS_UNSPECIFIED'];
}

/** −12 ms, +0.4 s. */
export function signedMs(ms: number): string {
  const rounded = Math.round(ms);
  const sign = rounded > 0 ? '+' : rounded < 0 ? '−' : '';
  const size = Math.abs(rounded);
  return size >= 1000 ? `${sign}${(Math.abs(ms) / 1000).toFixed(1)} s` : `${sign}${size} ms`;
}

/** 0.4 ms, 12 ms, 1.2 s. */
export function shortMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
