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
