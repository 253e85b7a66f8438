// By which way each voice is played while a room changes between mesh and SFU. A voice changes when the new way carries it, or
// while its owner is silent, so that no word is lost and none is heard twice.
import type { Hearing } from './mesh';

export type Way = 'mesh' | 'sfu';

const ABSENT: Hearing = { isThere: false, carries: false, speaks: false };

/** `now`: the way until now; `wanted`: that of the room. */
export function wayOf(now: Way, wanted: Way, by: Readonly<Record<Way, Hearing | undefined>>): Way {
  const [other, here] = [now === 'mesh' ? 'sfu' : 'mesh', by[now] ?? ABSENT] as const;
  const there = by[other] ?? ABSENT;
  if (!there.isThere) return now;
  // What works is better than what is wanted.
  if (!here.isThere) return other;
  return other === wanted && (there.carries || !here.speaks) ? other : now;
}
